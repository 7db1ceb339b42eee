-- Where the portal's verdicts and those in SQL differ, by rule, each with its reason.
--
-- Before: land.sql, and the rule sets in SQL; `portal` holds what the portal answered.

-- The answer of the rules of a use (docs/suitability.md, "The answer").
CREATE TABLE verdict AS
  SELECT rules, code, use, said, CASE
      WHEN bool_or(hard AND stands) THEN 'does_not'
      WHEN bool_or(hard AND stands IS NULL) THEN 'cannot_be_said'
      WHEN bool_or(NOT hard AND stands) THEN 'suits_if'
      WHEN bool_or(stands IS NULL) THEN 'cannot_be_said'
      ELSE 'suits'
    END AS answer
  FROM rule_stands GROUP BY rules, code, use, said;

CREATE TABLE portal_stands AS
  SELECT rules, code, use, said, rule,
         CASE standing WHEN 'in_the_way' THEN 'stands' WHEN 'to_obtain' THEN 'stands' ELSE standing END AS stands
  FROM portal, LATERAL jsonb_each_text(standings) AS each(rule, standing);

CREATE INDEX ON reason (rules, code, rule);

CREATE TABLE difference AS
  WITH pair AS (
    SELECT rules, code, use, said, rule, coalesce(here, 'no such rule') AS here, coalesce(there, 'no such rule') AS there
    FROM (
      SELECT rules, code, use, said, rule,
             CASE WHEN stands THEN 'stands' WHEN NOT stands THEN 'clear' ELSE 'open' END AS here
      FROM rule_stands
    ) AS here FULL JOIN (
      SELECT rules, code, use, said, rule, stands AS there FROM portal_stands
    ) AS there USING (rules, code, use, said, rule)
    WHERE here IS DISTINCT FROM there
  )
  SELECT pair.*, why, coalesce(fault, true) AS fault
  FROM pair LEFT JOIN LATERAL (
    SELECT why, fault FROM reason
    WHERE (reason.rules, reason.code, reason.rule) = (pair.rules, pair.code, pair.rule)
      AND (open IS NULL OR open = 'portal' AND there = 'open' OR open = 'PostGIS' AND here = 'open')
    ORDER BY fault DESC, why LIMIT 1
  ) AS found ON true;
CREATE INDEX ON difference (rules, code, use, said);

-- Answers that differ, and whether a rule does.
CREATE TABLE answer_difference AS
  SELECT pair.*, EXISTS (
      SELECT FROM difference
      WHERE (difference.rules, difference.code, difference.use, difference.said) = (pair.rules, pair.code, pair.use, pair.said)
    ) AS by_rule
  FROM (
    SELECT rules, code, use, said, verdict.answer AS here, portal.answer AS there
    FROM verdict FULL JOIN portal USING (rules, code, use, said)
    WHERE verdict.answer IS DISTINCT FROM portal.answer
  ) AS pair;

-- The portal's answer by the portal's own rules: it must follow from them, whatever SQL says of each.
CREATE TABLE does_not_follow AS
  SELECT rules, code, use, said, min(portal.answer) AS answer
  FROM portal_stands JOIN portal USING (rules, code, use, said)
       JOIN (SELECT DISTINCT rules, rule, hard FROM rule_stands) AS kinds USING (rules, rule)
  GROUP BY rules, code, use, said
  HAVING min(portal.answer) <> CASE
      WHEN bool_or(hard AND stands = 'stands') THEN 'does_not'
      WHEN bool_or(hard AND stands = 'open') THEN 'cannot_be_said'
      WHEN bool_or(NOT hard AND stands = 'stands') THEN 'suits_if'
      WHEN bool_or(stands = 'open') THEN 'cannot_be_said'
      ELSE 'suits'
    END;
