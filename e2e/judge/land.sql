-- Cambridge as PostGIS sees it: the files as they were published, each parcel against each layer. Nothing
-- here was made by the portal. What is what, and what counts, was read by a person in
-- server/intake/mappings/cambridge.toml and docs/mapping.md.
--
-- Before: source(file, feature) holds every feature of every file as GeoJSON.

-- Edges are straight in longitude and latitude, and the ground is GRS 80 (docs/mapping.md, "Areas"). So all
-- cutting is done in degrees; then edges are divided into ten metres, which are straight on any map, and
-- their corners put onto a cylinder of equal area.
INSERT INTO spatial_ref_sys (srid, proj4text) VALUES
  (990001, '+proj=longlat +ellps=GRS80 +no_defs'),
  (990002, '+proj=cea +lat_ts=42.37 +lon_0=-71.11 +ellps=GRS80 +units=m +no_defs');

-- In m²; NULL of no outline.
CREATE FUNCTION ground_m2(geometry) RETURNS double precision LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
  $$ SELECT ST_Area(ST_Transform(ST_Segmentize($1, 0.0001), 990002)) $$;

-- The areas of a geometry; NULL where it has none. What crosses itself encloses what it winds around, once or
-- twice (docs/mapping.md, "Areas"): GEOS calls that the structure method.
CREATE FUNCTION areas(jsonb) RETURNS geometry LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
  $$ SELECT CASE WHEN NOT ST_IsEmpty(made) THEN made END FROM (
       SELECT ST_CollectionExtract(ST_MakeValid(
         ST_SetSRID(ST_Force2D(ST_GeomFromGeoJSON($1)), 990001), 'method=structure keepcollapsed=false'), 3) AS made
     ) AS valid $$;

-- ------------------------------------------------------------------------------------------ parcels

CREATE TABLE parcel AS
  SELECT code, registered_m2, shape, ground_m2(shape) AS area_m2 FROM (
    SELECT feature->'properties'->>'ZDDM' AS code,
           -- Square feet; 0 stands for "not known".
           nullif((feature->'properties'->>'LandArea')::float8, 0) * 0.09290304 AS registered_m2,
           areas(feature->'geometry') AS shape
    FROM source WHERE file = 'parcels.geojson'
  ) AS read;
ALTER TABLE parcel ADD PRIMARY KEY (code);
CREATE INDEX ON parcel USING gist (shape);

-- ------------------------------------------------------------------------------------------- layers

-- What is less than both figures is a sliver. The rule set has the tolerances of the mapping.
CREATE TABLE layer (id text PRIMARY KEY, theme text, file text, tolerance_m2 float8, tolerance_share float8);
INSERT INTO layer VALUES
  ('zoning',              'planning_use',     'CDD_ZoningDistricts.geojson',             1.0,  0.01),
  ('zoning-overlay',      'planning_overlay', 'CDD_ZoningOverlayDistricts.geojson',      1.0,  0.01),
  ('flood-100',           'flood',            'FEMA_FloodPlains100Year.geojson',         0.01, 0.01),
  ('flood-500',           'flood',            'FEMA_FloodPlains500Year.geojson',         0.01, 0.01),
  ('wetlands',            'wetland',          'HYDRO_Wetlands.geojson',                  0.1,  0.01),
  ('historic-districts',  'heritage',         'HISTORICAL_HistoricDistricts.geojson',    5.0,  0.01),
  ('landmarks-easements', 'heritage',         'HISTORICAL_LandmarksEasements.geojson',   5.0,  0.01),
  ('open-space',          'open_space',       'RECREATION_OpenSpace.geojson',            5.0,  0.01);

-- `id` is what the portal calls it, `name` its English name in lower case, `zone` the code that tables know.
CREATE TABLE feature AS
  SELECT layer.id AS layer, areas(feature->'geometry') AS shape,
         CASE layer.theme WHEN 'flood' THEN has->>'fld_ar_id' ELSE has->>'GlobalID' END AS id,
         CASE layer.id WHEN 'zoning' THEN has->>'ZONE_TYPE' END AS zone,
         CASE layer.id WHEN 'landmarks-easements'
           THEN lower(concat_ws(': ', has->>'PROPERTY_T', coalesce(has->>'HISTORIC_N', has->>'ADDRESS'))) END AS name
  FROM source JOIN layer USING (file), LATERAL (SELECT feature->'properties' AS has) AS properties
  WHERE CASE layer.id
    -- The file has the 1 % areas once more.
    WHEN 'flood-500' THEN has->>'sfha_tf' = 'F'
    -- Three islands of dry ground.
    WHEN 'wetlands' THEN coalesce(has->>'NAMELOCATI', '') <> 'Upland'
    ELSE true
  END;
CREATE INDEX ON feature USING gist (shape);
ANALYZE parcel;
ANALYZE feature;

-- ----------------------------------------------------------------------------- what lies on a parcel

-- Each feature that meets a parcel in an area. What the portal takes for the arithmetic of a shared edge is
-- kept too: whether it was right in that is for the comparison to say.
CREATE TABLE met AS
  SELECT code, layer, id, zone, name, part, ground_m2(part) AS area_m2, parcel.area_m2 AS parcel_m2,
         ground_m2(part) / ground_m2(feature.shape) AS of_feature
  FROM parcel JOIN feature ON ST_Intersects(parcel.shape, feature.shape),
  LATERAL (SELECT CASE WHEN ST_CoveredBy(parcel.shape, feature.shape) THEN parcel.shape
                       ELSE ST_CollectionExtract(ST_Intersection(parcel.shape, feature.shape), 3) END AS part) AS cut
  WHERE NOT ST_IsEmpty(part);
CREATE INDEX ON met (code, layer);

-- How much of a parcel a layer covers: all of its features as one, each counted for itself, the largest.
CREATE TABLE covered AS
  SELECT code, layer, parcel_m2,
         CASE count(*) WHEN 1 THEN sum(area_m2) ELSE ground_m2(ST_UnaryUnion(ST_Collect(part))) END AS area_m2,
         sum(area_m2) AS sum_m2, max(area_m2) AS largest_m2
  FROM met GROUP BY code, layer, parcel_m2;
ALTER TABLE covered ADD PRIMARY KEY (code, layer);

-- The city line bounds what the city's layers know. A layer answers for a parcel that lies within the line
-- but for a sliver by the layer's own tolerance (or for arithmetic: a square decimetre, a millionth), and
-- for one that it concerns, however far its data reach.
CREATE TABLE beyond AS
  SELECT code, registered_m2, area_m2, CASE WHEN ST_CoveredBy(shape, city) THEN 0
                             ELSE area_m2 - ground_m2(ST_CollectionExtract(ST_Intersection(shape, city), 3)) END AS beyond_m2
  FROM parcel, (
    SELECT areas(feature->'geometry') AS city FROM source WHERE file = 'BOUNDARY_CityBoundary.geojson'
  ) AS line;

-- `counts`: whether what is there is more than a sliver; NULL where nobody has data, and of a parcel without
-- outline.
CREATE TABLE concern AS
  SELECT code, layer, area_m2, reached, CASE WHEN counts THEN true WHEN reached THEN false END AS counts
  FROM (
    SELECT beyond.code, layer.id AS layer, coalesce(covered.area_m2, 0) AS area_m2,
           covered.area_m2 >= tolerance_m2 OR covered.area_m2 / beyond.area_m2 >= tolerance_share AS counts,
           beyond_m2 < greatest(0.01, beyond.area_m2 / 1e6)
             OR beyond_m2 < tolerance_m2 AND beyond_m2 / beyond.area_m2 < tolerance_share AS reached
    FROM beyond CROSS JOIN layer LEFT JOIN covered ON covered.code = beyond.code AND covered.layer = layer.id
  ) AS each;
ALTER TABLE concern ADD PRIMARY KEY (code, layer);

-- Figures that two measures may put on two sides of a tolerance: a square millimetre, or a millionth of a site.
CREATE TABLE at_limit AS
  SELECT code, layer FROM covered JOIN layer ON layer.id = layer
  WHERE abs(area_m2 - tolerance_m2) < greatest(1e-6, parcel_m2 / 1e6)
     OR abs(area_m2 - tolerance_share * parcel_m2) < greatest(1e-6, parcel_m2 / 1e6);

-- Sites of which the features of a layer, each counted for itself, reach what the largest alone does not.
CREATE TABLE over_each_other AS
  SELECT code, layer FROM covered JOIN layer ON layer.id = layer
  WHERE (sum_m2 >= tolerance_m2 OR sum_m2 / parcel_m2 >= tolerance_share)
    AND NOT (largest_m2 >= tolerance_m2 OR largest_m2 / parcel_m2 >= tolerance_share);

-- --------------------------------------------------------------------------------------------- zones

-- What of a site the districts of one name have together, what the largest of them has, and the largest part of one
-- district that lies in the site.
-- Ground for which there is no zone is a zone without a name. What lies beyond the data may be zoned, by a district of
-- which no one knows how large it is: it may lie in the site by any part of it.
CREATE TABLE zone_of_site AS
  SELECT code, zone, sum(area_m2) / parcel_m2 AS of_site, max(area_m2) / parcel_m2 AS of_largest, max(of_feature) AS of_district
  FROM met WHERE layer = 'zoning' GROUP BY code, zone, parcel_m2
  UNION ALL
  SELECT code, NULL, 1 - covered.area_m2 / parcel_m2, 1 - covered.area_m2 / parcel_m2, CASE WHEN reached THEN 0 ELSE 1 END
  FROM covered JOIN concern USING (code, layer) WHERE layer = 'zoning' AND covered.area_m2 < parcel_m2;
CREATE INDEX ON zone_of_site (code);

-- ------------------------------------------------------------------- what both judges leave their traces in

-- Rules as they stand for a site and a use, where the applicant said this: true, false, or NULL for open.
CREATE TABLE rule_stands (rules text, code text, use text, said text, rule text, hard boolean, stands boolean);

-- Why the portal says otherwise of a rule at a site. `open` is the side that must leave the rule open for it: 'portal',
-- 'PostGIS', or NULL for either. A fault of the portal is no excuse.
CREATE TABLE reason (rules text, code text, rule text, open text, why text, fault boolean DEFAULT false);

-- The portal's own words: `in_the_way`, `to_obtain`, `open`, `clear` for each rule.
CREATE TABLE portal (rules text, code text, use text, said text, answer text, standings jsonb);
