"""pyramid_oereb over the parcels and restriction layers of Cambridge, as a peer of the bench.

    portal.py load DATABASE FOLDER MAPPING   fills a database with PostGIS from FOLDER
    portal.py serve DATABASE MAPPING PORT    serves /oereb/extract/json?EGRID=CODE

Its own sample data and the template of its configuration are not in its package: the configuration is
made here, one theme for each layer that the mapping names, and its own models write the rows.
"""

import base64
import datetime
import io
import json
import math
import pathlib
import sys
import tempfile
import tomllib

import shapely
import sqlalchemy
import yaml
from geoalchemy2.shape import from_shape
from PIL import Image
from pyramid_oereb.core.config import Config
from sqlalchemy.orm import Session

SRID = 2056
SOURCES = "pyramid_oereb.contrib.data_sources.standard.sources"
MODELS = "pyramid_oereb.contrib.data_sources.standard.models"
MUNICIPALITY = 1
SINCE = datetime.date(2020, 1, 1)
WMS = (
    "https://wms.invalid/?SERVICE=WMS&REQUEST=GetMap&VERSION=1.3.0&STYLES=default&CRS=EPSG:2056"
    "&BBOX=2475000,1065000,2850000,1300000&WIDTH=493&HEIGHT=280&FORMAT=image/png&LAYERS="
)
STATUS = [{"data_code": "inKraft", "transfer_code": "inKraft", "extract_code": "inForce"}]
DOCUMENTS = [{"data_code": "Gesetz", "transfer_code": "Gesetz", "extract_code": "Law"}]
ESTATES = [{"data_code": "Liegenschaft", "transfer_code": "Liegenschaft", "extract_code": "RealEstate"}]


def said(text):
    """A text in the one language that is served; its hooks take German for granted."""
    return {"de": text}


def layers(mapping):
    files = tomllib.loads(pathlib.Path(mapping).read_text())["file"]
    return [(file["name"], file["layer"]) for file in files if file["role"] == "restriction"]


def configuration(database, mapping):
    def source(module, model=None):
        params = {"db_connection": database}
        if model:
            params["model"] = f"{MODELS}.main.{model}"
        return {"source": {"class": f"{SOURCES}.{module}.DatabaseSource", "params": params}}

    plan = {"reference_wms": said(WMS + "plan"), "layer_index": 0, "layer_opacity": 1.0}
    whole = {
        "language": ["de"],
        "default_language": "de",
        "flavour": ["REDUCED"],
        "srid": SRID,
        "print": {
            "renderer": "pyramid_oereb.core.renderer.extract.json_.Renderer",
            "buffer": 10,
            "basic_map_size": [493, 280],
            "pdf_dpi": 300,
            "pdf_map_size_millimeters": [174, 99],
        },
        "app_schema": {
            "name": "pyramid_oereb_main",
            "models": f"{MODELS}.main",
            "db_connection": database,
            "law_status_lookup": STATUS,
            "document_types_lookup": DOCUMENTS,
        },
        "geometry_types": {
            "point": {"types": ["Point", "MultiPoint"]},
            "line": {"types": ["LineString", "LinearRing", "MultiLineString"]},
            "polygon": {"types": ["Polygon", "MultiPolygon"]},
            "collection": {"types": ["GeometryCollection"]},
        },
        "plr_cadastre_authority": {
            "name": said("Bench"), "office_at_web": "https://bench.invalid", "street": "Bench",
            "number": 1, "postal_code": 1, "city": "Cambridge",
        },
        "logo_lookups": {"confederation": "ch", "oereb": "ch.plr", "canton": "ca"},
        "extract": {
            "base_data": {
                "methods": {
                    "date": "pyramid_oereb.core.hook_methods.get_surveying_data_update_date",
                    "provider": "pyramid_oereb.core.hook_methods.get_surveying_data_provider",
                },
            },
            "sort_within_themes_method": "pyramid_oereb.core.hook_methods.plr_sort_within_themes",
            "redirect": "https://bench.invalid/{egrid}",
        },
        "real_estate": {
            "plan_for_land_register": plan,
            "plan_for_land_register_main_page": plan,
            "visualisation": {
                "method": "pyramid_oereb.core.hook_methods.produce_sld_content",
                "url_params": ["egrid"],
                "layer": {"name": "plan"},
                "style": {"stroke_opacity": 0.6, "stroke_color": "#e60000", "stroke_width": 5},
            },
            **source("real_estate", "RealEstate"),
        },
        "real_estate_type": {"lookup": ESTATES, **source("real_estate_type", "RealEstateType")},
        "address": source("address", "Address"),
        "municipality": source("municipality", "Municipality"),
        "logos": {
            "hooks": {
                "get_logo_ref": "pyramid_oereb.core.hook_methods.get_logo_ref",
                "get_qr_code_ref": "pyramid_oereb.core.hook_methods.get_qr_code_ref",
            },
            **source("logo", "Logo"),
        },
        "document_types": source("document_types", "DocumentTypeText"),
        "documents": source("document", "Document"),
        "offices": source("office", "Office"),
        "theme": source("theme", "Theme"),
        "theme_document": source("theme_document", "ThemeDocument"),
        "glossary": source("glossary", "Glossary"),
        "disclaimer": source("disclaimer", "Disclaimer"),
        "law_status_labels": source("law_status", "LawStatus"),
        "general_information": source("general_information", "GeneralInformation"),
        "map_layering": source("map_layering", "MapLayering"),
        "availability": source("availability", "Availability"),
        "plrs": [theme(database, layer) for _, layer in layers(mapping)],
    }
    file = tempfile.NamedTemporaryFile("w", suffix=".yml", delete=False)
    with file:
        yaml.safe_dump({"pyramid_oereb": whole}, file)
    return file.name


def theme(database, layer):
    tolerance = layer.get("tolerance", {})
    return {
        "code": layer["id"],
        "geometry_type": "MULTIPOLYGON",
        "thresholds": {
            "length": {"limit": 1.0, "unit": "m", "precision": 2},
            "area": {"limit": tolerance.get("min_area_m2", 0.01), "unit": "m²", "precision": 2},
            "percentage": {"precision": 1},
        },
        "language": "de",
        "federal": False,
        "view_service": {"layer_index": 1, "layer_opacity": 1.0},
        "source": {
            "class": f"{SOURCES}.plr.DatabaseSource",
            "params": {
                "db_connection": database,
                "model_factory": f"{MODELS}.theme.model_factory_string_pk",
                "schema_name": layer["id"].replace("-", "_"),
            },
        },
        "hooks": {
            "get_symbol": "pyramid_oereb.contrib.data_sources.standard.hook_methods.get_symbol",
            "get_symbol_ref": "pyramid_oereb.core.hook_methods.get_symbol_ref",
        },
        "law_status_lookup": STATUS,
        "document_types_lookup": DOCUMENTS,
    }


def outlines(path):
    """Properties, outline and area of each feature of a file, in metres on a plane; one without is left out."""
    east = 111_320 * math.cos(math.radians(42.37))

    def metres(points):
        return (points - [-71.11, 42.37]) * [east, 111_320] + [2_600_000, 1_200_000]

    for feature in json.loads(path.read_text())["features"]:
        if not feature["geometry"]:
            continue
        shape = shapely.force_2d(shapely.from_geojson(json.dumps(feature["geometry"])))
        shape = shapely.make_valid(shapely.transform(shape, metres))
        parts = [part for part in shapely.get_parts(shapely.get_parts(shape)) if part.geom_type == "Polygon"]
        if parts:
            outline = shapely.MultiPolygon(parts)
            yield feature["properties"], from_shape(outline, srid=SRID), outline.area


def picture():
    out = io.BytesIO()
    Image.new("RGB", (16, 16), "white").save(out, "PNG")
    return base64.b64encode(out.getvalue()).decode()


def common(main, mapping):
    """What every extract shares."""
    yield main.Municipality(fosnr=MUNICIPALITY, name="Cambridge", published=True)
    for code in ["ch", "ch.plr", "ca", f"ch.{MUNICIPALITY}"]:
        yield main.Logo(id=code, code=code, logo=said(picture()))
    yield main.LawStatus(code="inKraft", title=said("in force"))
    yield main.DocumentTypeText(code="Gesetz", title=said("Law"))
    yield main.RealEstateType(id="1", code="Liegenschaft", title=said("Real estate"))
    yield main.GeneralInformation(id="1", title=said("General"), content=said("Data of a bench."), extract_index=1)
    for at, (_, layer) in enumerate(layers(mapping)):
        yield main.Theme(id=layer["id"], code=layer["id"], title=said(layer["title"]["en"]), extract_index=at)


def restrictions(models, layer, path):
    yield models.Office(id="office", name=said(layer["office"]["en"]))
    yield models.ViewService(id="map", reference_wms=said(WMS + layer["id"]), layer_index=1, layer_opacity=1.0)
    yield models.LegendEntry(
        id="legend", symbol=picture(), legend_text=said(layer["title"]["en"]), type_code="1",
        type_code_list="", theme=layer["id"], view_service_id="map",
    )
    documents = layer.get("documents", [])
    for at, document in enumerate(documents):
        yield models.Document(
            id=str(at), document_type="Gesetz", index=at, law_status="inKraft", title=said(document["title"]["en"]),
            office_id="office", published_from=SINCE, text_at_web=said("https://bench.invalid/law"),
        )
    for number, (_, outline, _) in enumerate(outlines(path)):
        name = str(number)
        yield models.PublicLawRestriction(
            id=name, law_status="inKraft", published_from=SINCE, view_service_id="map", office_id="office",
            legend_entry_id="legend",
        )
        yield models.Geometry(
            id=name, law_status="inKraft", published_from=SINCE, geom=outline, public_law_restriction_id=name,
        )
        for at in range(len(documents)):
            yield models.PublicLawRestrictionDocument(
                id=f"{name}-{at}", public_law_restriction_id=name, document_id=str(at),
            )


def parcels(main, path):
    for properties, outline, drawn in outlines(path):
        # Square feet; 0 and nothing stand for "not known", by which it would divide.
        area = round((properties["LandArea"] or 0) * 0.09290304) or max(1, round(drawn))
        yield main.RealEstate(
            egrid=properties["ZDDM"], number=properties["ML"], type="Liegenschaft", canton="CA",
            municipality="Cambridge", fosnr=MUNICIPALITY, limit=outline, land_registry_area=area,
        )


def load(database, folder, mapping):
    Config.init(configuration(database, mapping), "pyramid_oereb")
    from pyramid_oereb.contrib.data_sources.standard.models import main
    from pyramid_oereb.contrib.data_sources.standard.sources.plr import parse_multiple_standard_themes

    folder = pathlib.Path(folder)
    themes = parse_multiple_standard_themes(Config)
    engine = sqlalchemy.create_engine(database)

    def write(base, schema, rows):
        with engine.begin() as connection:
            connection.execute(sqlalchemy.schema.CreateSchema(schema))
        base.metadata.create_all(engine)
        with Session(engine) as session:
            session.add_all(rows)
            session.commit()

    write(main.Base, "pyramid_oereb_main", [*common(main, mapping), *parcels(main, folder / "parcels.geojson")])
    for name, layer in layers(mapping):
        models = themes[layer["id"]]
        write(models.Base, models.schema_name, restrictions(models, layer, folder / name))
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        # Its models have none; whoever runs it has one.
        connection.execute(sqlalchemy.text("CREATE INDEX ON pyramid_oereb_main.real_estate (egrid)"))
        connection.execute(sqlalchemy.text("ANALYZE"))


def serve(database, mapping, port):
    import waitress
    from pyramid.config import Configurator

    settings = {
        "pyramid_oereb.cfg.file": configuration(database, mapping),
        "pyramid_oereb.cfg.section": "pyramid_oereb",
    }
    config = Configurator(settings=settings)
    config.include("pyramid_oereb", route_prefix="oereb")
    waitress.serve(config.make_wsgi_app(), host="127.0.0.1", port=int(port))


if __name__ == "__main__":
    command, *arguments = sys.argv[1:]
    {"load": load, "serve": serve}[command](*arguments)
