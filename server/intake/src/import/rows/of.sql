SELECT first, words FROM said WHERE code = ?1
