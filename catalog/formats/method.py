"""How grades are given and forecasts made, as the release itself must tell."""

from collections.abc import Mapping
from typing import Any

from catalog.draft import Draft
from catalog.grade import LOWERING_WARNING, GradeParameters

NO_FORECAST = "本期未作需求预测。"
CALENDAR_SENTENCES = {
    "chinese": (
        "历史满五年的序列，检验春节日期在各季度之间移动的影响，确有影响的先从历史数据中扣除，"
        "预测后再加回。"
    ),
    "none": "本期未作春节调整。",
}


def grade_rules(configuration: Mapping[str, Any]) -> list[str]:
    """Tell the bounds of the grades, the hysteresis, and what evidence a grade needs.

    Parameters
    ----------
    configuration : mapping
        Of the run; what it leaves out under ``grades`` is as `catalog.grade` has it.
    """
    rules = GradeParameters(**configuration.get("grades", {}))
    margin = f"{rules.hysteresis:g}分"
    return [
        f"综合得分{rules.very_short:g}分以上为A，{rules.short:g}分以上为B，"
        f"{rules.somewhat_short:g}分以上为C，不足{rules.somewhat_short:g}分为N。",
        f"为避免等级频繁变动，新进入某一等级须高出该等级界限{margin}；上期已在该等级或者更高等级的，"
        f"低于界限{margin}以上才降级或者退出。仅因这一规定而保留的，得分已低于目录最低界限的注明"
        f"“退出预警”，得分已低于本等级界限的注明“{LOWERING_WARNING}”。",
        f"求人倍率低于{rules.vacancy_ratio_at_least:g}的，或者求人倍率、工资变化、空缺时长三项的平均"
        f"得分低于{rules.tightness_points_at_least:g}分的，不评为紧缺。",
        f"有下列情形之一的，评为X：招聘信息不足{rules.ads_at_least:g}条；"
        f"招聘单位不足{rules.employers_at_least}家；求人倍率、工资变化、空缺时长三项全缺；"
        f"已知指标的权重合计不足{100 * rules.weight_present_at_least:g}%。",
    ]


def forecast_method(draft: Draft) -> list[str]:
    """Tell how the forecasts were made, and what a planner may and may not conclude."""
    if draft.industry_forecast.empty:
        return [NO_FORECAST]
    calendar = draft.configuration.get("forecast", {}).get("calendar", "none")
    levels = "、".join(f"{level}%" for level in sorted(draft.industry_forecast["level"].unique()))
    return [
        "行业招聘需求预测由指数平滑（ETS）、Theta法、ARIMA和各序列共用的自回归四类模型的预测加权合成，"
        "不适用于某一序列的模型不参加该序列的合成。"
        "权重根据各模型在以往各时点的预测误差确定：误差小的权重大，可用时点少的向固定权重靠拢，"
        "误差过大的不予采用。",
        f"{CALENDAR_SENTENCES[calendar]}"
        "历史数据中的缺口、个别异常值和已经恢复的短期下滑，建模时按前后各期和季节规律补齐或者替代；订正记录申明的口径变动，"
        "此前数据按变动后的口径衔接；其余水平变动视为需求本身的变化，不作调整。",
        f"预测区间根据合成预测在以往各时点的实际误差推算，名义覆盖率为{levels}。覆盖率是近似值，"
        "遇到经济剧烈变动时，实际值落在区间之外的可能性大于名义水平。",
        "全市、各行业以及各片区、区县的预测用最小迹法调整，使分项之和等于合计；区间端点不能相加。"
        "各职业预测由行业预测按职业构成分摊得出，其区间同时反映行业预测误差和职业构成误差，相对宽度不小于本季度需求人数的区间。",
        "预测假定以往的趋势和季节规律继续有效，可用于比较各行业需求的大致走向和确定培训规模的合理范围；"
        "区间之内的升降不能视为确定的变化。预测不反映尚未投产的项目、政策调整和突发事件，"
        "不能代替对重点企业和项目的调查，也不宜作为考核指标。",
    ]
