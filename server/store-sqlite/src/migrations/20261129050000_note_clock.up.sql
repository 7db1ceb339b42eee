-- When requests were looked through last for what is due: a clock that says much more than that is not
-- believed, for what it has deleted is gone.
create table purge_look (
    one integer primary key check (one = 1),
    at text not null -- RFC 3339, UTC
) strict;
