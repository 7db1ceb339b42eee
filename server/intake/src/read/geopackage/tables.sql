SELECT c.table_name, g.column_name, g.srs_id
FROM gpkg_contents c LEFT JOIN gpkg_geometry_columns g ON g.table_name = c.table_name
WHERE c.data_type IN ('features', 'attributes')
ORDER BY c.table_name
