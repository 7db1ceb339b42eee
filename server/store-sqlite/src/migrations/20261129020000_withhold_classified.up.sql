-- What may not be on a map may not be in the database that serves it (地图管理条例 art. 8, 36): of
-- a classified parcel only a keyed digest of its code is kept (`code_digest`, a function of the
-- program; its key is a file outside). Rows of such parcels are moved here and removed; what is
-- left of them in free pages is removed by the program after this.
create table classified_code (
    version_id integer not null references data_version (id),
    digest blob not null,
    primary key (version_id, digest)
) strict, without rowid;
create index classified_digest on classified_code (digest);

-- Cells of ground that the maps of all data sets leave out because of them, as keyed digests too.
create table closed_cell (
    version_id integer not null references data_version (id),
    digest blob not null,
    primary key (version_id, digest)
) strict, without rowid;

-- Codes that ended and may not be named, or ended into what may not be: never used again either.
create table withheld_end (
    dataset text not null,
    digest blob not null,
    said_by integer not null, -- data_version
    primary key (dataset, digest, said_by)
) strict, without rowid;
create view standing_withheld_end as
    select e.dataset, e.digest
    from withheld_end e join data_version v on v.id = e.said_by
    where v.withdrawn_at is null
    group by e.dataset, e.digest;

drop view standing_withheld;
create table withheld_digest (
    digest blob not null,
    dataset text not null,
    said_by integer not null, -- data_version
    -- 0: a record took it back; 1: classified; 2: it led to what is classified, and is told only
    -- where it led on to something else as well
    withheld integer not null check (withheld in (0, 1, 2)),
    primary key (digest, dataset, said_by)
) strict, without rowid;
insert into withheld_digest (digest, dataset, said_by, withheld)
    select code_digest(code), dataset, said_by, withheld from withheld_code;
drop table withheld_code;
alter table withheld_digest rename to withheld_code;
create view standing_withheld as
    select w.digest, w.dataset, w.withheld, max(w.said_by) as said_by
    from withheld_code w join data_version v on v.id = w.said_by
    where v.withdrawn_at is null
    group by w.digest, w.dataset;

-- One row: which key made the digests.
create table classified_key (mark blob not null) strict;

insert into classified_code (version_id, digest)
    select version_id, code_digest(code) from parcel where classified = 1;
insert or ignore into closed_cell (version_id, digest)
    select p.version_id, unhex(cell.value)
    from parcel p
    join parcel_body b on b.parcel_id = p.id
    join json_each(cell_digests(b.outline)) cell
    where p.classified = 1;
-- What layers have that met nothing but such parcels lies in them alone.
create temp table met_classified as
    select restriction_id as id from finding group by restriction_id
    having min(parcel_id in (select id from parcel where classified = 1)) = 1;
delete from piece_box where id in
    (select id from piece where restriction_id in (select id from met_classified));
delete from piece where restriction_id in (select id from met_classified);
delete from restriction where id in (select id from met_classified);
drop table met_classified;
-- Body, units and findings go with them; in the search tables they never were.
delete from parcel where classified = 1;
create trigger parcel_not_classified before insert on parcel when new.classified = 1
begin
    select raise (abort, 'a classified parcel does not enter');
end;

-- What came about is never forgotten, but for the names of what may not be named: of those it stays
-- known that they ended.
drop trigger tie_kept;
create trigger tie_kept before delete on tie
when old.in_effect = 1 and not exists (
    select 1 from withheld_end e
    where e.dataset = old.dataset and e.digest = code_digest(old.old)
)
begin
    select raise (abort, 'what came out of what is never forgotten');
end;
drop trigger ended_code_kept;
create trigger ended_code_kept before delete on ended_code
when not exists (
    select 1 from withheld_end e
    where e.dataset = old.dataset and e.digest = code_digest(old.code)
)
begin
    select raise (abort, 'a code that ended stays known');
end;

-- The grid that a version's base map was brought to at its import, m; null where it is as its
-- source has it.
alter table data_version add column base_grid_m real;
