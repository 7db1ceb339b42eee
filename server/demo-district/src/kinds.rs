//! What a plot of the township can be: the register's codes for it, and what stands on it.

/// Who holds the right.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Holder {
    /// A natural person.
    Person,
    /// A company.
    Company,
    /// An authority or public body.
    Public,
    /// A village collective.
    Collective,
    /// Nobody yet.
    Nobody,
}

/// What is registered and drawn on a plot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Built {
    /// Nothing.
    Nothing,
    /// One house, not registered.
    House,
    /// One house, a unit of its own.
    RegisteredHouse,
    /// One building with a few rooms on the street.
    Shops,
    /// Several slabs of flats.
    Flats,
    /// Large halls.
    Halls,
    /// A few public buildings.
    Campus,
    /// Trees registered as a unit.
    Trees,
    /// Another structure: a well, a tower, a jetty.
    Structure,
}

/// A kind of plot.
#[derive(Debug)]
pub(crate) struct Kind {
    /// 宗地特征码.
    pub(crate) feature: &'static str,
    /// QLLX.
    pub(crate) right: &'static str,
    /// QLXZ.
    pub(crate) nature: &'static str,
    /// Land-use code; from the survey's dictionary when `surveyed`, else the planning guide's.
    pub(crate) land_use: &'static str,
    /// Which of the two land-use dictionaries the code is from.
    pub(crate) surveyed: bool,
    /// Who holds it.
    pub(crate) holder: Holder,
    /// For how many years it was granted.
    pub(crate) years: Option<i16>,
    /// What stands on it.
    pub(crate) built: Built,
    /// What people call it.
    pub(crate) noun: &'static str,
}

macro_rules! kinds {
    ($($name:ident: $feature:literal $right:literal $nature:literal $system:ident $land_use:literal
        $holder:ident $years:expr, $built:ident $noun:literal;)*) => {
        $(pub(crate) static $name: Kind = Kind {
            feature: $feature,
            right: $right,
            nature: $nature,
            land_use: $land_use,
            surveyed: kinds!(@ $system),
            holder: Holder::$holder,
            years: $years,
            built: Built::$built,
            noun: $noun,
        };)*
    };
    (@ survey) => { true };
    (@ plan) => { false };
}

kinds! {
    // The town and the industrial park.
    FLATS: "GB" "4" "102" plan "0701" Person Some(70), Flats "小区";
    TOWN_HOUSE: "GB" "4" "101" plan "0701" Person None, RegisteredHouse "住宅";
    SHOP: "GB" "4" "102" plan "0901" Company Some(40), Shops "商铺";
    HOTEL: "GB" "4" "102" plan "090104" Company Some(40), Shops "旅馆";
    OFFICE: "GB" "4" "101" plan "0801" Public None, Campus "公共服务用房";
    HISTORIC: "GB" "4" "101" plan "0803" Public None, RegisteredHouse "故居";
    SCHOOL: "GB" "4" "101" plan "0804" Public None, Campus "学校";
    PARK: "GB" "3" "101" plan "1401" Public None, Nothing "公园";
    RESERVE: "GB" "3" "100" plan "16" Public None, Nothing "储备地块";
    RENTED: "GB" "4" "104" plan "1101" Company Some(20), Halls "仓库";
    FACTORY: "GB" "4" "102" plan "100101" Company Some(50), Halls "厂房";
    FACTORY_SITE: "GB" "3" "102" plan "100101" Company Some(50), Nothing "工业地块";
    STATION: "GB" "4" "101" plan "1201" Public None, Campus "车站";
    WATERWORKS: "GB" "3" "101" plan "1301" Public None, Structure "水厂设施";
    VIRTUAL: "GB" "3" "100" plan "16" Nobody None, Nothing "未落宗地块";
    OVERPASS: "GS" "3" "102" plan "12" Company Some(40), Structure "跨路连廊";
    UNDERPASS: "GX" "4" "102" plan "0901" Company Some(40), Shops "地下街";
    // Villages.
    HOMESTEAD: "JC" "5" "203" plan "0703" Person None, House "宅基地";
    HOUSE: "JC" "6" "203" plan "0703" Person None, RegisteredHouse "农房";
    VILLAGE_HALL: "JB" "8" "203" plan "0801" Collective None, Campus "村便民服务中心";
    VILLAGE_YARD: "JB" "7" "203" plan "1101" Collective None, Structure "集体仓场";
    VILLAGE_WORKS: "JB" "8" "204" plan "10" Company Some(30), Halls "集体厂房";
    VILLAGE_MARKET: "JB" "8" "102" plan "0901" Company Some(40), Shops "入市地块";
    VILLAGE_LAND: "JA" "1" "200" survey "12" Collective None, Nothing "集体土地";
    VILLAGE_BRIDGE: "JS" "7" "203" plan "12" Collective None, Structure "过街廊桥";
    VILLAGE_CELLAR: "JX" "7" "203" plan "11" Collective None, Structure "地下储藏";
    // The plain.
    FIELD: "JD" "9" "201" survey "0101" Person Some(30), Nothing "承包地";
    LEASED_FIELD: "JK" "99" "202" survey "0101" Company Some(10), Nothing "流转地";
    STATE_FIELD: "GD" "9" "107" survey "0103" Public Some(30), Nothing "农场地块";
    STATE_FARM: "GN" "14" "105" survey "1104" Public None, Nothing "农场水面";
    POND: "JN" "14" "202" survey "1104" Person Some(15), Nothing "鱼塘";
    NURSERY: "JN" "99" "202" survey "0204" Company Some(15), Nothing "苗圃";
    GRASS: "JF" "13" "202" survey "0404" Collective Some(30), Nothing "草地";
    STATE_GRASS: "GF" "13" "107" survey "0404" Public Some(30), Nothing "滩地";
    DISPUTED: "JW" "99" "200" survey "12" Nobody None, Nothing "待确权土地";
    STATE_DISPUTED: "GW" "2" "100" survey "12" Nobody None, Nothing "待确权国有土地";
    UNSETTLED: "ZW" "99" "200" survey "12" Nobody None, Nothing "权属未定土地";
    PIPE_STRIP: "JY" "19" "200" survey "12" Company Some(20), Nothing "管廊地役";
    INTAKE: "GY" "20" "101" survey "1104" Public Some(10), Nothing "取水口";
    // The hills.
    TEA: "JD" "9" "202" survey "0202" Person Some(30), Nothing "茶园";
    FOREST_CONTRACT: "JE" "10" "201" survey "0301" Person Some(70), Trees "承包林地";
    FOREST: "JL" "12" "202" survey "0301" Collective Some(50), Trees "林地";
    FOREST_BARE: "JL" "11" "202" survey "03" Collective Some(50), Nothing "宜林地";
    STATE_FOREST: "GL" "12" "105" survey "0301" Public None, Trees "国有林";
    STATE_FOREST_CONTRACT: "GE" "10" "107" survey "0301" Person Some(50), Trees "国有承包林";
    PROSPECT: "GY" "21" "102" survey "12" Company Some(5), Nothing "勘查区";
    QUARRY: "GY" "22" "102" survey "0602" Company Some(10), Nothing "采石区";
    // The sea.
    SEA_FARM: "GH" "15" "102" plan "18" Company Some(15), Nothing "演示养殖用海";
    SEA_JETTY: "GH" "16" "101" plan "2001" Public Some(40), Structure "演示码头用海";
    ISLAND: "GG" "17" "105" plan "24" Public None, Trees "演示无居民海岛";
    ISLAND_LIGHT: "GG" "18" "101" plan "22" Public Some(50), RegisteredHouse "演示灯塔岛";
}
