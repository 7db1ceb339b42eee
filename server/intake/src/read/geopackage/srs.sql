SELECT organization, organization_coordsys_id, srs_name, definition
FROM gpkg_spatial_ref_sys
WHERE srs_id = ?1
