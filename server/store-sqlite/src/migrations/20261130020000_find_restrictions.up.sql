-- What restrictions lie on ground that has no code: their boxes, of current versions and of one being
-- staged, as of the other search tables.
create virtual table restriction_box using rtree (id, west, east, south, north, +version_id integer);

-- Lines and points are kept without their ground. A layer that has some says nothing by its silence where
-- nobody held it against a parcel.
alter table layer add column groundless integer not null default 0 check (groundless in (0, 1));

update layer set groundless = 1 where id in
    (select layer_id from restriction where outline_edge(outline, 0) is null);
insert into restriction_box (id, west, east, south, north, version_id)
    select r.id, outline_edge(r.outline, 0), outline_edge(r.outline, 1),
        outline_edge(r.outline, 2), outline_edge(r.outline, 3), r.version_id
    from restriction r join data_version v on v.id = r.version_id
    where v.state = 'current' and outline_edge(r.outline, 0) is not null;
