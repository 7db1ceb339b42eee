-- Files that go with requests. Their bytes lie elsewhere, under the id; what opens them is in `content`, so
-- that whoever lets go of a row has let go of the file, also where its bytes are in a backup.
create table attachment (
    id text primary key,
    state text not null check (state in ('held', 'claimed', 'dropped')),
    request_id integer references request (id), -- of one that is claimed
    held_until text not null,
    size integer not null, -- bytes
    content blob, -- sealed: name, media type, digest, the file's own key; gone once it is dropped
    check ((state = 'claimed') = (request_id is not null)),
    check ((state = 'dropped') = (content is null))
) strict;

create index attachment_by_request on attachment (request_id) where request_id is not null;
create index attachment_by_state on attachment (state, held_until) where state <> 'claimed';
