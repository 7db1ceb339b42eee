INSERT INTO noted (file, number, id, code) VALUES (?1, ?2, ?3, ?4)
