INSERT OR REPLACE INTO said (code, first, words) VALUES (?1, ?2, ?3)
