// Tables and JSON of measured tasks, predictions and validations.
#ifndef POSDEF_BENCH_SCHEDULE_OUTPUT_HPP
#define POSDEF_BENCH_SCHEDULE_OUTPUT_HPP

#include <nlohmann/json.hpp>
#include <string>

#include "schedule/predict.hpp"
#include "schedule/validate.hpp"

namespace posdef::bench {

nlohmann::ordered_json json_of(const measured_grid& m);
/// The inverse. Throws nlohmann::json::exception if a field is missing.
measured_grid measured_grid_of(const nlohmann::ordered_json& j);
nlohmann::ordered_json json_of(const predicted& p);
nlohmann::ordered_json json_of(const choice& c);
nlohmann::ordered_json json_of(const validation& v);

/// A Markdown table: a row for each number of cores.
std::string choice_heading();
std::string rows_of(const choice& c);
std::string validation_heading();
std::string row_of(const validation& v);

}  // namespace posdef::bench

#endif
