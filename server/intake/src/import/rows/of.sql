SELECT name, number, fields, contested FROM said WHERE code = ?1
