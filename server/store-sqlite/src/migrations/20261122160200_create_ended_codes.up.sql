-- Codes that have ended, also those that no later version names any more: they are never used
-- again (GB/T 37346-2019 clause 9).
create table ended_code (
    dataset text not null,
    code text not null,
    ended text not null,
    primary key (dataset, code)
) strict, without rowid;
insert into ended_code (dataset, code, ended)
    select v.dataset, p.code, b.valid_to
    from data_version v
    join parcel p on p.version_id = v.id
    join parcel_body b on b.parcel_id = p.id
    where v.state = 'current' and b.valid_to <= date(v.imported_at, '+8 hours');
