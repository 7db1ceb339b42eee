-- Where the portal's restrictions of a parcel and PostGIS differ: which layers concern it, do not, or have
-- no data; and how much of it each feature covers.
--
-- Before: land.sql; listed(code, list, of) and found(code, layer, feature, area_m2, share) hold what the
-- portal answered. Whether the place is concerned is told of themes, and of which layers there are no data.

CREATE TABLE expected AS
  WITH themes AS (
    SELECT code, theme, bool_or(counts) AS counts FROM concern JOIN layer ON layer.id = layer GROUP BY code, theme
  ), whole AS (
    SELECT code, theme, bool_and(NOT coalesce(counts, true)) AS clear FROM concern JOIN layer ON layer.id = layer GROUP BY code, theme
  )
  SELECT code, 'concerned' AS list, theme AS of FROM themes WHERE counts
  UNION ALL SELECT code, 'not concerned', theme FROM whole WHERE clear
  -- Nor of a parcel without outline, of which it is not known what reaches it.
  UNION ALL SELECT code, 'no data', layer FROM concern WHERE reached IS NOT TRUE;

CREATE TABLE list_difference AS
  SELECT code, list, of, CASE WHEN expected.code IS NULL THEN 'the portal alone' ELSE 'PostGIS alone' END AS who
  FROM expected FULL JOIN listed USING (code, list, of)
  WHERE expected.code IS NULL OR listed.code IS NULL;

ALTER TABLE list_difference ADD reason text;
UPDATE list_difference AS one SET reason = 'at the limit itself'
  FROM at_limit JOIN layer ON layer.id = layer
  WHERE at_limit.code = one.code AND of IN (theme, layer.id);
-- Features that lie over each other count each: the portal may say concerned too early, never too late.
UPDATE list_difference AS one SET reason = 'features lie over each other'
  FROM over_each_other JOIN layer ON layer.id = layer
  WHERE over_each_other.code = one.code AND of = theme AND reason IS NULL
    AND (list, who) IN (('concerned', 'the portal alone'), ('not concerned', 'PostGIS alone'));

-- Nothing is listed of a layer that has no data of the parcel. Features of one id are one to both. To the portal an overlap of less than a square centimetre, or nowhere
-- wider than half a millimetre, is the arithmetic of a shared edge (docs/mapping.md); what is more than 100 cm²
-- may be missing nowhere.
CREATE TABLE area_difference AS
  WITH here AS (
    SELECT code, layer, id AS feature, sum(met.area_m2) AS area_m2
    FROM met JOIN concern USING (code, layer) WHERE counts IS NOT NULL GROUP BY 1, 2, 3
  ), there AS (
    SELECT code, layer, feature, sum(area_m2) AS area_m2, sum(share) AS share FROM found GROUP BY 1, 2, 3
  )
  SELECT code, layer, feature, here.area_m2 AS here, there.area_m2 AS there, there.share, parcel.area_m2 AS parcel_m2
  FROM here FULL JOIN there USING (code, layer, feature) JOIN parcel USING (code)
  WHERE abs(coalesce(here.area_m2, 0) - coalesce(there.area_m2, 0)) > greatest(0.01, parcel.area_m2 / 1e6)
     OR abs(coalesce(there.area_m2, 0) - coalesce(there.share, 0) * parcel.area_m2) > greatest(0.01, parcel.area_m2 / 1e6);
