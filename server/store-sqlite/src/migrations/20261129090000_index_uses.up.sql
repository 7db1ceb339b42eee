-- Searches find uses and kinds too, and addresses in any width and spacing, in letters, and by the first
-- letters of their syllables. What is written is what `address_text`, `use_text` and `kind_text` of the
-- program say.
drop table parcel_text;
create virtual table parcel_text using fts5 (
    code, local_id, location, land_use, kind,
    content = '', contentless_delete = 1, tokenize = 'trigram'
);
insert into parcel_text (rowid, code, local_id, location, land_use, kind)
    select p.id, p.code, p.local_id, address_text(p.location), use_text(b.fields), kind_text(p.code)
    from data_version v
    join parcel p on p.version_id = v.id
    join parcel_body b on b.parcel_id = p.id
    where v.state = 'current';
-- The last two characters of an address are in the index now.
drop index parcel_ending;
