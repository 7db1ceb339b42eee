-- The rule set `vocabulary` of e2e/judge/rules in SQL, each word as docs/suitability.md has it.
--
-- Before: land.sql; use_table(zone, use, entry) holds zones.csv; asked(rules, use, said) the questions: `said`
-- is the answer to `open`: yes, no, or nothing.

-- What is meant by each overlap, of which layers: a theme has several.
CREATE TABLE meant (what text, layer text, kinds text[], named text);
INSERT INTO meant VALUES
  ('overlay',    'zoning-overlay',      NULL, NULL),
  ('open-space', 'open-space',          NULL, NULL),
  ('easements',  'landmarks-easements', NULL, 'easement'),
  ('wetlands',   'wetlands',            NULL, NULL),
  ('flood',      'flood-100',           NULL, NULL),
  ('flood',      'flood-500',           NULL, NULL),
  ('heritage',   'historic-districts',  NULL, NULL),
  ('heritage',   'landmarks-easements', NULL, NULL),
  ('c-1 or c-2', 'zoning',              ARRAY['C-1', 'C-2'], NULL),
  ('os',         'zoning',              ARRAY['OS'], NULL);

-- How much of a site it covers at least and at most, m²: what lies beyond the data may be covered or not. Of a
-- layer that does not answer nothing is known, whatever was found of it. Slivers of a square millimetre are
-- the arithmetic of a shared edge.
CREATE TABLE covers AS
  WITH answering AS (
    SELECT code, what, bool_and(reached) AS reached, bool_or(counts) AS concerned
    FROM concern JOIN meant USING (layer) GROUP BY code, what
  ), found AS (
    SELECT code, what, sum(met.area_m2) AS sum_m2, max(met.area_m2) AS largest_m2, count(*) AS features,
           CASE count(*) WHEN 1 THEN sum(met.area_m2) ELSE ground_m2(ST_UnaryUnion(ST_Collect(part))) END AS area_m2
    FROM met JOIN meant USING (layer) JOIN concern USING (code, layer)
    WHERE counts IS NOT NULL AND met.area_m2 >= 1e-4 AND (kinds IS NULL OR zone = ANY (kinds)) AND (named IS NULL OR name LIKE '%' || named || '%')
    GROUP BY code, what
  )
  SELECT code, what, beyond.area_m2 AS site_m2, registered_m2, concerned, reached, features,
         coalesce(found.area_m2, 0) AS least_m2, coalesce(sum_m2, 0) AS sum_m2, coalesce(largest_m2, 0) AS largest_m2,
         CASE WHEN reached THEN coalesce(found.area_m2, 0) ELSE coalesce(found.area_m2, 0) + beyond_m2 END AS most_m2
  FROM answering JOIN beyond USING (code) LEFT JOIN found USING (code, what);
ALTER TABLE covers ADD PRIMARY KEY (code, what);

-- Whether a figure between two reaches a limit.
CREATE FUNCTION reaches(low float8, high float8, bound float8) RETURNS boolean LANGUAGE sql IMMUTABLE AS
  $$ SELECT CASE WHEN low >= bound THEN true WHEN high < bound THEN false END $$;

CREATE TABLE known AS
  SELECT code,
    bool_or(reaches(least_m2, most_m2, 1) OR reaches(least_m2 / site_m2, most_m2 / site_m2, 0.01)) FILTER (WHERE what = 'overlay') AS overlay,
    bool_or(CASE WHEN least_m2 > site_m2 * 0.5 THEN true WHEN most_m2 <= site_m2 * 0.5 THEN false END) FILTER (WHERE what = 'overlay') AS half,
    -- All of the site lies in it but for less than a sliver.
    bool_or(NOT (reaches(site_m2 - most_m2, site_m2 - least_m2, 1) OR reaches(1 - most_m2 / site_m2, 1 - least_m2 / site_m2, 0.01)))
      FILTER (WHERE what = 'overlay') AS within,
    bool_or(reaches(least_m2, most_m2, 500)) FILTER (WHERE what = 'open-space') AS green,
    bool_or(CASE WHEN least_m2 > site_m2 * 0.05 THEN true WHEN most_m2 <= site_m2 * 0.05 THEN false END) FILTER (WHERE what = 'open-space') AS greenish,
    bool_or(reaches(least_m2, most_m2, 5) OR reaches(least_m2 / site_m2, most_m2 / site_m2, 0.01)) FILTER (WHERE what = 'easements') AS easement,
    bool_or(reaches(least_m2, most_m2, 1) OR reaches(least_m2 / site_m2, most_m2 / site_m2, 0.01)) FILTER (WHERE what = 'c-1 or c-2') AS kinds,
    bool_or(reaches(least_m2, most_m2, 1) OR reaches(least_m2 / site_m2, most_m2 / site_m2, 0.01)) FILTER (WHERE what = 'os') AS os,
    bool_or(reaches(least_m2, most_m2, 5) OR reaches(least_m2 / site_m2, most_m2 / site_m2, 0.01)) FILTER (WHERE what = 'heritage') AS heritage,
    bool_or(reaches(least_m2, most_m2, 0.01) OR reaches(least_m2 / site_m2, most_m2 / site_m2, 0.01)) FILTER (WHERE what = 'flood') AS flood,
    bool_or(reaches(least_m2 / site_m2, most_m2 / site_m2, 0.01)) FILTER (WHERE what = 'flood') AS flooded,
    -- 0 where a feature lies on the site; else nothing is measured.
    bool_or(CASE WHEN features > 0 THEN true END) FILTER (WHERE what = 'wetlands') AS near,
    -- Known where one concerns the site, and none has no data: not of a part of it either.
    bool_or(CASE WHEN reached AND concerned THEN true END) FILTER (WHERE what = 'heritage') AS in_force,
    -- The registered size; without one, that of the outline.
    bool_or(coalesce(registered_m2, site_m2) < 5000 * 0.09290304) AS small,
    bool_or(coalesce(registered_m2, site_m2) >= 1000) AS large
  FROM covers GROUP BY code;

-- What the zones that count say, and what the largest of them says; of two as large the later in the alphabet. What
-- lies beyond the data may be of the zone that is the second: then both may be the largest.
CREATE TABLE zones_say AS
  WITH sized AS (
    SELECT code, zone, of_site, CASE WHEN reached THEN 0 ELSE beyond_m2 / beyond.area_m2 END AS beyond
    FROM zone_of_site JOIN concern USING (code) JOIN beyond USING (code) WHERE layer = 'zoning'
  ), first AS (
    SELECT DISTINCT ON (code) code, zone, of_site FROM sized WHERE of_site >= 0.1 ORDER BY code, of_site DESC, zone DESC
  ), largest AS (
    SELECT code, zone FROM first
    UNION
    SELECT code, sized.zone FROM sized JOIN first USING (code)
    WHERE sized.zone IS NOT NULL AND beyond > 0 AND sized.of_site + beyond >= first.of_site
  )
  SELECT code, 'strictest' AS use, bool_or(entry = 'prohibited') AS prohibited, bool_or(entry = 'conditional') AS conditional,
         bool_and(entry IS NOT NULL) AS told
  FROM zone_of_site LEFT JOIN use_table ON use_table.zone = zone_of_site.zone AND use = 'strictest'
  WHERE of_site >= 0.1 OR of_district >= 0.1 GROUP BY code
  UNION ALL
  SELECT code, 'largest', bool_and(coalesce(entry, '') = 'prohibited'), bool_and(coalesce(entry, '') = 'conditional'),
         bool_and(entry IS NOT NULL) AND count(DISTINCT entry) = 1
  FROM largest LEFT JOIN use_table ON use_table.zone = largest.zone AND use = 'largest' GROUP BY code;

INSERT INTO rule_stands
  WITH zones AS (
    SELECT code, zones_say.use, CASE WHEN counts IS NULL THEN NULL WHEN prohibited THEN 'prohibited'
                                     WHEN told AND conditional THEN 'conditional' WHEN told THEN 'permitted' END AS entry
    FROM concern LEFT JOIN zones_say USING (code) WHERE layer = 'zoning'
  ), entries AS (
    SELECT code, max(entry) FILTER (WHERE use = 'strictest') AS strictest, max(entry) FILTER (WHERE use = 'largest') AS largest
    FROM zones GROUP BY code
  )
  SELECT 'vocabulary', code, use, said, rule, hard, stands
  FROM known JOIN entries USING (code) CROSS JOIN (SELECT use, said FROM asked WHERE rules = 'vocabulary') AS asked,
  LATERAL (SELECT CASE said WHEN 'yes' THEN true WHEN 'no' THEN false END AS open) AS answer,
  LATERAL (SELECT ARRAY[overlay, flood, greenish, large] AS four) AS of,
  LATERAL (SELECT (SELECT count(*) FROM unnest(four) AS one WHERE one) AS yes, (SELECT count(*) FROM unnest(four) AS one WHERE NOT one) AS no) AS counted,
  LATERAL (VALUES
    ('share',     'share',                 true,  half),
    ('area',      'area',                  true,  green AND NOT open),
    ('within',    'within',                true,  NOT within),
    ('kinds',     'kinds',                 false, kinds),
    ('named',     'named',                 true,  easement),
    ('size',      'size',                  true,  small),
    ('theme',     'theme-heritage',        true,  heritage),
    ('theme',     'theme-flood',           false, flooded),
    ('distance',  'distance',              false, near),
    ('status',    'status',                false, in_force),
    ('logic',     'logic',                 true,  CASE WHEN yes >= 2 THEN true WHEN no > 2 THEN false END AND (os OR NOT open)),
    ('largest',   'largest',               true,  largest = 'prohibited'),
    ('largest',   'largest-conditional',   false, largest = 'conditional'),
    ('strictest', 'strictest',             true,  strictest = 'prohibited'),
    ('strictest', 'strictest-conditional', false, strictest = 'conditional')
  ) AS rules(of_use, rule, hard, stands)
  WHERE of_use = use;

-- ------------------------------------------------------------------------------------------- reasons

-- The limits of each rule: so many m², such a share of the site.
CREATE TABLE limits (rule text, what text, m2 float8, share float8);
INSERT INTO limits VALUES
  ('share', 'overlay', NULL, 0.5), ('area', 'open-space', 500, NULL), ('kinds', 'c-1 or c-2', 1, 0.01),
  ('named', 'easements', 5, 0.01), ('theme-heritage', 'heritage', 5, 0.01), ('theme-flood', 'flood', NULL, 0.01),
  ('logic', 'overlay', 1, 0.01), ('logic', 'flood', 0.01, 0.01), ('logic', 'open-space', NULL, 0.05), ('logic', 'os', 1, 0.01);

CREATE TABLE against AS
  SELECT code, rule, what, least_m2, sum_m2, largest_m2, site_m2, bound FROM covers JOIN limits USING (what),
  LATERAL (VALUES (m2), (share * site_m2)) AS bounds(bound) WHERE bound IS NOT NULL
  UNION ALL
  -- What lies outside.
  SELECT code, 'within', what, least_m2, sum_m2, largest_m2, site_m2, bound FROM covers,
  LATERAL (VALUES (site_m2 - 1), (site_m2 * 0.99)) AS bounds(bound) WHERE what = 'overlay';

INSERT INTO reason
  SELECT DISTINCT 'vocabulary', code, rule, NULL, 'at the limit itself' FROM against
  WHERE abs(least_m2 - bound) < greatest(1e-6, site_m2 / 1e6);
INSERT INTO reason
  SELECT DISTINCT 'vocabulary', code, rule, 'portal', 'features may lie over each other' FROM against
  WHERE largest_m2 < bound AND sum_m2 >= bound;
INSERT INTO reason
  SELECT DISTINCT 'vocabulary', code, rule, NULL, 'at the limit itself' FROM zone_of_site,
    (VALUES ('strictest'), ('strictest-conditional'), ('largest'), ('largest-conditional')) AS rules(rule)
  WHERE abs(of_site - 0.1) < 1e-6 OR abs(of_district - 0.1) < 1e-6;
INSERT INTO reason
  SELECT DISTINCT 'vocabulary', code, rule, 'portal', 'features may lie over each other' FROM zone_of_site AS one JOIN zone_of_site AS other USING (code),
    (VALUES ('strictest'), ('strictest-conditional'), ('largest'), ('largest-conditional')) AS rules(rule)
  WHERE one.of_site >= 0.1 AND one.of_largest < 0.1 OR rule LIKE 'largest%' AND one.zone IS DISTINCT FROM other.zone
    AND one.of_site >= other.of_site AND one.of_largest <= other.of_site;
-- What lies over each other leaves more ground in no district: up to all but the largest of them.
INSERT INTO reason
  SELECT DISTINCT 'vocabulary', code, rule, 'portal', 'features may lie over each other'
  FROM (SELECT code FROM zone_of_site GROUP BY code HAVING max(of_largest) FILTER (WHERE zone IS NOT NULL) <= 0.9 + 1e-6) AS one,
    (VALUES ('strictest'), ('strictest-conditional'), ('largest'), ('largest-conditional')) AS rules(rule);

-- Layers that do not reach all of the site, by the rules that look at them.
CREATE TABLE half_reached AS
  SELECT DISTINCT code, rule FROM (SELECT DISTINCT rule, what FROM against) AS of JOIN meant USING (what) JOIN concern USING (layer)
  WHERE NOT reached;
-- To the portal a layer says nothing of such a site unless it concerns it, though little may be beyond.
INSERT INTO reason
  SELECT 'vocabulary', code, rule, 'portal', 'of a layer''s reach the portal knows all or nothing' FROM half_reached;
-- The largest zone of such a site is the largest, whatever the zone of what lies beyond, where that is little.
INSERT INTO reason
  SELECT 'vocabulary', code, rule, 'portal', 'of a layer''s reach the portal knows all or nothing'
  FROM concern, (VALUES ('largest'), ('largest-conditional')) AS rules(rule) WHERE layer = 'zoning' AND NOT reached;
-- And one that concerns it is taken to say everything: what lies beyond its data counts as free of it.
INSERT INTO reason
  SELECT 'vocabulary', code, rule, 'PostGIS', 'FAULT: a layer that concerns a site is taken to reach all of it', true FROM half_reached;
