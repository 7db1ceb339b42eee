INSERT OR REPLACE INTO said (code, name, number, fields, contested) VALUES (?1, ?2, ?3, ?4, ?5)
