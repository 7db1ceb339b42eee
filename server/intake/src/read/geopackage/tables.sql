SELECT c.table_name, g.column_name, g.srs_id
FROM gpkg_contents c
JOIN pragma_table_list t ON t.name = c.table_name COLLATE NOCASE
LEFT JOIN gpkg_geometry_columns g ON g.table_name = c.table_name
WHERE c.data_type IN ('features', 'attributes') AND t.schema = 'main' AND t.type = 'table'
ORDER BY c.table_name
