-- Keys of programs that ask the API often. Of a key there is SHA-256 alone.
create table api_key (
    name text primary key,
    mark text not null unique, -- of the key
    called text not null, -- who has it
    per_minute integer not null check (per_minute > 0),
    per_day integer not null check (per_day > 0),
    sites integer not null check (sites > 0), -- different ones an hour
    added_at text not null,
    disabled_at text
) strict, without rowid;
