UPDATE said SET taken = 1 WHERE code = ?1
