-- Files that come in parts, over lines that break. `parts` is how long each is that came, bytes, with spaces between;
-- null of a file that came in one, and once its parts are removed. `arriving` is 1 until it is whole: it goes with no
-- request before.
alter table attachment add column parts text;
alter table attachment add column arriving integer not null default 0 check (arriving in (0, 1));
create index attachment_by_parts on attachment (id) where parts is not null;
