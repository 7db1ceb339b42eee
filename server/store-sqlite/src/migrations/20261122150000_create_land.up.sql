-- One import of a data set. Readers see the rows of `current` versions alone. `staged` is an
-- import under way or killed; `superseded` still has rows, which are being removed; of a `past`
-- one only this row is left, as history.
create table data_version (
    id integer primary key autoincrement, -- never used again: memory caches go by it
    dataset text not null,
    number integer, -- given when published
    state text not null check (state in ('staged', 'current', 'superseded', 'past')),
    info text not null, -- DatasetInfo as it was then
    imported_at text
) strict;
create unique index data_version_current on data_version (dataset) where state = 'current';
create unique index data_version_number on data_version (dataset, number);

create table layer (
    id integer primary key,
    version_id integer not null references data_version (id),
    name text not null,
    info text not null,
    coverage blob -- WKB; null for everywhere in the data set
) strict;
create unique index layer_name on layer (version_id, name);

-- Restrictions, pieces, boxes and findings name each other without foreign keys: one import
-- writes them all, and a key would need an index that nothing else reads.
create table restriction (
    id integer primary key,
    version_id integer not null,
    layer_id integer not null,
    feature text not null, -- the source's own id
    label text not null,
    outline blob not null
) strict;
create index restriction_version on restriction (version_id);
create index restriction_feature on restriction (layer_id, feature);

create table piece (
    id integer primary key,
    version_id integer not null,
    restriction_id integer not null,
    outline blob not null
) strict;
create index piece_version on piece (version_id);
create virtual table piece_box using rtree (id, west, east, south, north, +version_id integer);

-- What lists and searches read: narrow, so that a search without an index stays bearable.
create table parcel (
    id integer primary key,
    version_id integer not null references data_version (id),
    code text not null,
    local_id text collate nocase,
    location text,
    longitude real, -- a point in the parcel; null without an outline
    latitude real,
    classified integer not null check (classified in (0, 1))
) strict;
create unique index parcel_code on parcel (code, version_id);
create index parcel_local_id on parcel (local_id) where local_id is not null;
create index parcel_version on parcel (version_id);

-- What only a record reads.
create table parcel_body (
    parcel_id integer primary key references parcel (id) on delete cascade,
    fields text not null,
    outline blob not null,
    geometric_area_m2 real not null,
    events text not null,
    predecessors text not null,
    successors text not null,
    valid_from text,
    valid_to text,
    covered_by text not null -- names of the layers that reach the parcel
) strict;

create table finding (
    parcel_id integer not null references parcel (id) on delete cascade,
    position integer not null,
    restriction_id integer not null,
    area_m2 real not null,
    share real not null,
    sliver integer not null check (sliver in (0, 1)),
    primary key (parcel_id, position)
) strict, without rowid;

create table unit (
    id integer primary key,
    parcel_id integer not null references parcel (id) on delete cascade,
    code text not null,
    fields text not null
) strict;
create unique index unit_code on unit (parcel_id, code);

-- Classified parcels are in neither: a search cannot find them even if its text forgets to ask.
create virtual table parcel_box using rtree (id, west, east, south, north, +version_id integer);
create virtual table parcel_text using fts5 (
    code, local_id, location,
    content = '', contentless_delete = 1, tokenize = 'trigram'
);

create table base_feature (
    id integer primary key,
    version_id integer not null,
    kind text not null,
    name text,
    geometry blob not null
) strict;
create index base_feature_version on base_feature (version_id);
create virtual table base_box using rtree (
    id, west, east, south, north,
    +version_id integer, +importance integer, +drawing integer
);
