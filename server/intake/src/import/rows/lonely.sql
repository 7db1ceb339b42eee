SELECT noted.file, noted.number, noted.id, noted.code
FROM noted JOIN said ON said.code = noted.code
WHERE said.taken = 0
ORDER BY noted.file, noted.number
