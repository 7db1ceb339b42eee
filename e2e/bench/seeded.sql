-- The rules of `rules/seeded` in SQL, three-valued: true stands in the way, NULL is not known. Features of a layer may
-- lie over each other, so together they cover the largest of them at least and their sum at most.
--
-- Before: `source(file, feature)` holds the features of the register's files.

CREATE TABLE parcel AS
  SELECT feature -> 'properties' ->> 'code' AS code, ST_SetSRID(ST_GeomFromGeoJSON(feature -> 'geometry'), 4326) AS shape
  FROM source WHERE file = 'parcels';
CREATE TABLE layer AS
  SELECT file AS layer, feature -> 'properties' ->> 'name' AS name, ST_SetSRID(ST_GeomFromGeoJSON(feature -> 'geometry'), 4326) AS shape
  FROM source WHERE file <> 'parcels';
DROP TABLE source;
CREATE INDEX ON parcel USING gist (shape);
CREATE INDEX ON layer USING gist (shape);
ANALYZE parcel, layer;

-- What of each layer lies on each parcel, as shares of the parcel: by geometry, each time that it is asked.
CREATE VIEW found AS
  SELECT code, layer, name, ST_Area(ST_Intersection(parcel.shape, layer.shape)) / ST_Area(parcel.shape) AS share
  FROM parcel JOIN layer ON ST_Intersects(parcel.shape, layer.shape);

CREATE VIEW site AS
  SELECT code, ST_Area(shape::geography) AS area,
    coalesce(farm_least, 0) AS farm_least, least(coalesce(farm_most, 0), 1) AS farm_most,
    coalesce(danger_least, 0) AS danger_least, least(coalesce(danger_most, 0), 1) AS danger_most,
    coalesce(works_least, 0) AS works_least, least(coalesce(works_most, 0), 1) AS works_most,
    coalesce(shop_least, 0) AS shop_least, least(coalesce(shop_most, 0), 1) AS shop_most,
    coalesce(heritage_least, 0) AS heritage_least, least(coalesce(heritage_most, 0), 1) AS heritage_most
  FROM parcel LEFT JOIN (
    SELECT code,
      max(share) FILTER (WHERE layer = 'farmland') AS farm_least, sum(share) FILTER (WHERE layer = 'farmland') AS farm_most,
      -- Nobody says of what has another name that it is no danger zone.
      max(share) FILTER (WHERE name = '危险区') AS danger_least,
      sum(share) FILTER (WHERE layer = 'hazard' AND name <> '低风险区') AS danger_most,
      max(share) FILTER (WHERE name IN ('Z1', 'Z2')) AS works_least, sum(share) FILTER (WHERE name IN ('Z1', 'Z2')) AS works_most,
      max(share) FILTER (WHERE name = 'Z3') AS shop_least, sum(share) FILTER (WHERE name = 'Z3') AS shop_most,
      max(share) FILTER (WHERE layer = 'heritage') AS heritage_least, sum(share) FILTER (WHERE layer = 'heritage') AS heritage_most
    FROM found GROUP BY code
  ) AS measured USING (code);

CREATE FUNCTION more_than_a_tenth(low float8, high float8) RETURNS bool LANGUAGE sql IMMUTABLE
  AS 'SELECT CASE WHEN low > 0.1 THEN true WHEN high <= 0.1 THEN false END';

-- The band of an answer (docs/suitability.md, "The answer"): of hard rules and conditions whether one stands.
CREATE FUNCTION band(hard bool, obtained bool) RETURNS text LANGUAGE sql IMMUTABLE
  AS $$ SELECT CASE WHEN hard THEN 'no' WHEN hard IS NULL THEN 'maybe' WHEN obtained IS NULL THEN 'maybe' ELSE 'yes' END $$;

-- Each use of each parcel, with the facts that somebody worked out before: a view over a table of facts or over `site`.
CREATE FUNCTION judged(facts regclass) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format($view$
    CREATE VIEW %I AS SELECT code, area,
      band(more_than_a_tenth(farm_least, farm_most) OR more_than_a_tenth(danger_least, danger_most) OR more_than_a_tenth(works_least, works_most), false) AS works,
      band(more_than_a_tenth(farm_least, farm_most) OR more_than_a_tenth(shop_least, shop_most), more_than_a_tenth(heritage_least, heritage_most)) AS shop,
      band(more_than_a_tenth(farm_least, farm_most) OR area < 1000, false) AS store,
      band(more_than_a_tenth(danger_least, danger_most), more_than_a_tenth(heritage_least, heritage_most)) AS camp
    FROM %s $view$, 'band_by_' || facts::text, facts);
END $$;
SELECT judged('site');
