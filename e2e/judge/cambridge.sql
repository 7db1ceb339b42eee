-- The rule set `cambridge` of 2026-11-29 in SQL, read by a person in domain/data/rules/cambridge/2026-11-29 and
-- docs/suitability.md. True, false and NULL are the three values: SQL's AND and OR are Kleene's.
--
-- Before: land.sql; use_table(zone, use, entry) holds districts.csv, of which an empty cell is NULL;
-- asked(rules, use, said) the questions: `said` is the answer to `builds`: yes, no, or nothing.

-- zones = { of_site = "10 %", of_zone = "10 %", take = "every" }: what all zones that count say together.
CREATE TABLE entry AS
  SELECT code, use, bool_or(entry = 'prohibited') AS prohibited, bool_or(entry = 'conditional') AS conditional,
         bool_and(entry IS NOT NULL) AS told
  FROM zone_of_site CROSS JOIN (SELECT DISTINCT use FROM asked WHERE rules = 'cambridge') AS uses
       LEFT JOIN use_table USING (zone, use)
  WHERE of_site >= 0.1 OR of_district >= 0.1
  GROUP BY code, use;
CREATE INDEX ON entry (code, use);

INSERT INTO rule_stands
  WITH layers AS (
    SELECT code,
      bool_or(counts) FILTER (WHERE layer = 'zoning') AS zoning,
      bool_or(counts) FILTER (WHERE layer = 'zoning-overlay') AS overlay,
      bool_or(counts) FILTER (WHERE layer = 'flood-100') AS flood,
      bool_or(counts) FILTER (WHERE layer = 'wetlands') AS wetland,
      bool_or(counts) FILTER (WHERE layer = 'historic-districts') AS historic,
      bool_or(counts) FILTER (WHERE layer = 'landmarks-easements') AS landmark,
      bool_or(counts) FILTER (WHERE layer = 'open-space') AS open_space
    FROM concern GROUP BY code
  ), known AS (
    -- One that prohibits is enough; otherwise one that says nothing leaves it open. What is not the layer's
    -- to say, because its data do not reach the site, is open too.
    SELECT layers.*, use, said, nullif(said, 'nothing') = 'yes' AS builds,
      CASE WHEN zoning IS NULL THEN NULL
           WHEN prohibited THEN 'prohibited'
           WHEN told AND conditional THEN 'conditional'
           WHEN told THEN 'permitted' END AS entry
    FROM layers CROSS JOIN (SELECT use, said FROM asked WHERE rules = 'cambridge') AS asked LEFT JOIN entry USING (code, use)
  )
  SELECT 'cambridge', code, use, said, rule, hard, stands FROM known, LATERAL (VALUES
    ('zoning-use',             true,  entry = 'prohibited'),
    ('zoning-use-conditional', false, entry = 'conditional'),
    ('zoning-overlay',         false, overlay),
    ('flood-plain',            false, builds AND flood),
    ('wetlands',               false, builds AND wetland),
    ('historic-district',      false, builds AND historic),
    ('landmark',               false, builds AND landmark),
    ('open-space',             false, open_space)
  ) AS rules(rule, hard, stands)
  -- A park alone is not of the group `building`.
  WHERE rule <> 'open-space' OR use <> 'park';

-- ------------------------------------------------------------------------------------------- reasons

CREATE TABLE looks_at (rule text, layer text);
INSERT INTO looks_at VALUES
  ('zoning-overlay', 'zoning-overlay'), ('flood-plain', 'flood-100'), ('wetlands', 'wetlands'),
  ('historic-district', 'historic-districts'), ('landmark', 'landmarks-easements'), ('open-space', 'open-space');

-- Two measures may put a figure on two sides of a limit.
INSERT INTO reason
  SELECT 'cambridge', code, rule, NULL, 'at the limit itself' FROM at_limit JOIN looks_at USING (layer);
INSERT INTO reason
  SELECT DISTINCT 'cambridge', code, rule, NULL, 'at the limit itself' FROM zone_of_site,
    (VALUES ('zoning-use'), ('zoning-use-conditional')) AS rules(rule)
  WHERE abs(of_site - 0.1) < 1e-6 OR abs(of_district - 0.1) < 1e-6;
-- docs/suitability.md: "a limit between the two leaves it open".
INSERT INTO reason
  SELECT 'cambridge', code, rule, 'portal', 'features may lie over each other' FROM over_each_other JOIN looks_at USING (layer);
-- What lies over each other leaves more ground in no district: up to all but the largest of them.
INSERT INTO reason
  SELECT DISTINCT 'cambridge', code, rule, 'portal', 'features may lie over each other'
  FROM (SELECT code FROM zone_of_site GROUP BY code HAVING max(of_largest) FILTER (WHERE zone IS NOT NULL) <= 0.9 + 1e-6) AS one,
    (VALUES ('zoning-use'), ('zoning-use-conditional')) AS rules(rule);
INSERT INTO reason
  SELECT DISTINCT 'cambridge', code, rule, 'portal', 'features may lie over each other' FROM zone_of_site,
    (VALUES ('zoning-use'), ('zoning-use-conditional')) AS rules(rule)
  WHERE of_site >= 0.1 AND of_largest < 0.1;
