SELECT name
FROM pragma_table_list
WHERE schema = 'main' AND type <> 'table'
    AND lower(name) IN ('gpkg_contents', 'gpkg_geometry_columns', 'gpkg_spatial_ref_sys')
