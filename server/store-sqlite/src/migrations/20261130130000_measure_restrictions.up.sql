-- How large each feature is, m², for rules that ask what part of it lies on a site: by the measure by which
-- overlaps are measured. Null where it has no area, and of versions that are not current, until they are imported again.
alter table restriction add column area_m2 real;

update restriction set area_m2 = outline_m2(outline) where version_id in
    (select id from data_version where state = 'current');
