// posdef plot: an HTML page that shows a matrix, its pivots and its spectrum. This program computes the numbers; Python
// computes the eigenvalues and draws.
#include <unistd.h>

#include <filesystem>
#include <iostream>

#include "commands/plot_facts.hpp"
#include "commands/run.hpp"
#include "python/interpreter.hpp"
#include "python/run_script.hpp"
#include "python/scripts.hpp"

namespace posdef::cli {
namespace {

using json = nlohmann::ordered_json;

struct plot_options : common_options {
  std::int64_t matrix = 0;
  bool no_spectrum = false;
  std::string python;  // empty: search for one
};

// The first interpreter that has the modules for drawing.
std::string drawing_interpreter(const std::string& given) {
  const auto lacks = [](const tools::interpreter& i) -> std::string {
    if (!i.problem.empty()) return " does not run (" + i.problem + ")";
    std::string words;
    for (const char* module : {"numpy", "matplotlib"}) {
      if (!i.modules.contains(module)) words += (words.empty() ? " has no " : " and no ") + std::string(module);
    }
    return words;
  };
  std::string reasons;
  for (const std::string& path : tools::candidate_interpreters(given)) {
    const std::string reason = lacks(tools::examine_interpreter(path));
    if (reason.empty()) return path;
    reasons += (reasons.empty() ? "" : ", ") + path + reason;
  }
  throw tools::input_error("plot: " + (reasons.empty() ? "there is no python3 in PATH" : reasons) +
                           "; expected a Python with numpy and matplotlib (Debian: apt-get install python3-matplotlib; "
                           "elsewhere: pip install numpy matplotlib). --python selects one");
}

void require_absent(const std::string& page) {
  std::error_code ignored;
  if (std::filesystem::exists(std::filesystem::symlink_status(page, ignored)))
    throw tools::input_error("plot: " + page + " already exists; -o " + page + " replaces it");
}

// The path of the page: --output, else the file's name in the current folder with the extension .html.
std::string page_of(const plot_options& o) {
  if (!o.output.empty()) {
    if (tools::is_stdout(o.output) && isatty(STDOUT_FILENO) == 1)
      throw tools::input_error("plot: stdout is a terminal; expected a file or a pipe for the page");
    return o.output;
  }
  if (o.file == "-" || o.file == "/dev/stdin")
    throw tools::input_error("plot: the matrix comes from stdin, so the page has no name; expected -o FILE");
  const std::string page = std::filesystem::path(o.file).stem().string() + ".html";
  require_absent(page);
  return page;
}

void require_matrix(const plot_options& o, std::int64_t batch) {
  if (batch == 0) throw tools::input_error(o.file + ": no matrix to plot: the batch is empty");
  if (o.matrix < 0 || o.matrix >= batch) {
    throw tools::input_error(
        "plot: " + o.file + ": --matrix " + std::to_string(o.matrix) +
        (batch == 1 ? "; expected 0, there is one matrix" : "; expected 0 to " + std::to_string(batch - 1)));
  }
}

// The input of the script: one line of JSON, then the elements if it computes eigenvalues.
struct script_input {
  json facts;
  std::string elements;
};

script_input script_input_for(const plot_options& o, const options& library, const tools::any_matrices& one) {
  const progress bar("analyzing the elements");
  const auto order = std::visit([](const auto& m) { return m.order; }, one);
  script_input q{facts_of(one, library.threads), ""};
  q.facts["file"] = o.file == "-" ? "stdin" : o.file;
  q.facts["matrix"] = o.matrix;
  q.facts["uplo"] = library.uplo == uplo::lower ? "lower" : "upper";
  q.facts["order"] = order == layout::col_major ? "F" : "C";
  q.facts["symmetrized"] = o.symmetrize;
  q.facts["threads"] = library.threads;
  q.facts["engine"] = engine_text(library.device, library.threads);
  const std::string obstacle = o.no_spectrum ? "--no-spectrum was given" : obstacle_to_spectrum(one, library.uplo);
  q.facts["no_spectrum"] = obstacle;
  if (obstacle.empty()) q.elements = bytes_of(one);
  return q;
}

std::string drawn(const std::string& python, const script_input& q) {
  const progress bar(q.elements.empty() ? "drawing" : "computing eigenvalues and drawing");
  const std::string facts =
      q.facts.dump(-1, ' ', false, json::error_handler_t::replace);  // a file name may be any bytes
  return tools::run_script(python, plot_script, {}, facts + "\n" + q.elements);
}

// "4 x 10 x 10, f64, 2 of 4 NOT positive definite"
std::string summary(const tools::any_matrices& all, const std::vector<std::int64_t>& info) {
  const auto batch = static_cast<std::int64_t>(info.size());
  const std::int64_t failures = batch - std::count(info.begin(), info.end(), 0);
  std::string text = std::visit([](const auto& m) { return tools::shape_text(m.batch, m.rows, m.cols); }, all) + ", " +
                     std::string(tools::name_of(tools::dtype_of_any(all))) + ", ";
  if (failures == 0) return text + "positive definite";
  if (batch == 1) return text + "NOT positive definite: leading minor of order " + std::to_string(info[0]);
  return text + std::to_string(failures) + " of " + std::to_string(batch) + " NOT positive definite";
}

int run(const plot_options& o) {
  const std::string name = page_of(o);
  const std::string python = drawing_interpreter(o.python);
  const options library = o.library();
  tools::output_file page(name);

  tools::any_matrices all = load(o);
  const std::int64_t batch = std::visit([](const auto& m) { return m.batch; }, all);
  require_matrix(o, batch);
  script_input q = batch == 1 ? script_input_for(o, library, all) : script_input_for(o, library, single(all, o.matrix));
  std::vector<std::int64_t> info(static_cast<std::size_t>(batch));
  std::visit(
      [&](auto& a) {
        factor("factoring", a, a, info, library);
        add_pivots(q.facts, a, info, o.matrix);
      },
      all);

  page.write(drawn(python, q));
  if (o.output.empty()) require_absent(name);  // another process may have created it meanwhile
  page.commit();
  (tools::is_stdout(name) ? std::cerr : std::cout)
      << (tools::is_stdout(name) ? "" : name + ": ") << q.facts["file"].get<std::string>() << ", " << summary(all, info)
      << '\n';
  return any_failed(info) ? not_positive_definite_found : success_status;
}

}  // namespace

void add_plot(CLI::App& app, int& status) {
  CLI::App* const command = app.add_subcommand("plot", "Draw a matrix, its pivots and its spectrum on an HTML page");
  const auto o = std::make_shared<plot_options>();
  add_input(*command, *o);
  command->add_option("-o,--output", o->output, "Write the HTML page to this file; - is stdout")->check(file_name());
  command->add_option("--matrix", o->matrix, "Index of the matrix in a batch, from 0 (the default)");
  command->add_flag("--no-spectrum", o->no_spectrum, "Do not compute the eigenvalues");
  command->add_option("--python", o->python,
                      "Python interpreter that draws; default: the first of $VIRTUAL_ENV/bin/python, python3 in PATH "
                      "and /usr/bin/python3 that has numpy and matplotlib");
  command->footer(
      "Without --output, the page of folder/k.mtx is k.html in the current folder; the command does not overwrite an\n"
      "existing file of that name.\n"
      "The page is one file that loads no others. It shows the sizes of the elements (for a large matrix the largest\n"
      "in each of 512 x 512 cells), the pivots in order, the order of the leading minor that is not positive "
      "definite,\n"
      "the eigenvalues up to order " +
      std::to_string(spectrum_up_to) +
      " (NumPy computes them, which takes longer than the rest), and for a batch\n"
      "the smallest pivot of every matrix. The page also contains these numbers as JSON.\n"
      "The page shows both triangles as they are in the file; pivots and eigenvalues use the triangle of --uplo.\n"
      "Exit status: 0 success, 1 at least one matrix is not positive definite (the page is still written),\n"
      "2 bad usage or input, or no Python with the modules.");
  command->callback([o, &status] { status = run(*o); });
}

}  // namespace posdef::cli
