-- Pieces of restrictions served nobody but the import that staged them, as its spatial index. It holds
-- them in memory now.
drop table piece_box;
drop table piece;
