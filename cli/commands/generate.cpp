// posdef generate: matrices with known properties, one subcommand for each kind.
#include "generate/generate.hpp"

#include <iostream>
#include <limits>
#include <memory>

#include "commands/commands.hpp"
#include "commands/options.hpp"
#include "commands/report.hpp"
#include "io/write.hpp"

namespace posdef::cli {
namespace {

struct target {
  std::string output;
  std::string format;
  std::string dtype;
};

// Declares a kind with the flags that all kinds have.
CLI::App* add_kind(CLI::App& parent, const std::string& name, const std::string& text, target& t) {
  CLI::App* const kind = parent.add_subcommand(name, text);
  kind->add_option("-o,--output", t.output,
                   "File to write; its extension selects the format (.npy, .mtx, .csv); - is stdout")
      ->required()
      ->check(file_name());
  add_format(*kind, t.format);
  kind->add_option("--dtype", t.dtype, "f32, f64, c64 or c128")->check(CLI::IsMember({"f32", "f64", "c64", "c128"}));
  kind->option_defaults()->always_capture_default();
  return kind;
}

// The stream for messages: not the one that the matrix goes to.
std::ostream& notes(bool matrix_on_stdout) { return matrix_on_stdout ? std::cerr : std::cout; }

void write(const std::string& path, const target& t, tools::any_matrices m, tools::structure structure,
           std::ostream& out) {
  const tools::output_format format = tools::chosen_format(path, t.format);
  if (!t.dtype.empty()) m = tools::convert(std::move(m), tools::parse_dtype(t.dtype), "generate");
  std::visit([&](const auto& x) { tools::require_writable(path, format, x.batch); }, m);
  tools::output_file file(path);
  tools::write_matrices(file, m, structure, format);
  file.commit();
  std::visit(
      [&](const auto& x) {
        out << path << ": " << (x.batch == 1 ? "" : std::to_string(x.batch) + " x ") << x.rows << " x " << x.cols
            << ", " << tools::name_of(tools::dtype_of_any(m)) << '\n';
      },
      m);
}

void write(const target& t, tools::any_matrices m) {
  write(t.output, t, std::move(m), tools::structure::hermitian, notes(tools::is_stdout(t.output)));
}

bool complex_wanted(const target& t) { return t.dtype == "c64" || t.dtype == "c128"; }

void add_elasticity(CLI::App& parent) {
  struct state : target, tools::cantilever_options {
    std::string load;
  };
  const auto s = std::make_shared<state>();
  CLI::App* const kind = add_kind(parent, "elasticity", "Stiffness of a 2-D cantilever beam; n = 2 nx (ny + 1)", *s);
  kind->add_option("--nx", s->nx, "Elements along the beam");
  kind->add_option("--ny", s->ny, "Elements through its height");
  kind->add_option("--length", s->length, "Length, m");
  kind->add_option("--height", s->height, "Height, m");
  kind->add_option("--thickness", s->thickness, "Thickness, m");
  kind->add_option("--young", s->young, "Young's modulus, Pa");
  kind->add_option("--poisson", s->poisson, "Poisson's ratio");
  kind->add_option("--force", s->force, "Force at the tip, N");
  kind->add_option("--load", s->load, "Write the load vector to this file")->check(file_name());
  kind->callback([s] {
    const bool stiffness_there = tools::is_stdout(s->output), load_there = tools::is_stdout(s->load);
    if (stiffness_there && load_there) throw tools::input_error("only one of --output and --load can be stdout");
    std::ostream& out = notes(stiffness_there || load_there);
    tools::cantilever beam = tools::generate_cantilever(*s);
    write(s->output, *s, std::move(beam.stiffness), tools::structure::hermitian, out);
    if (!s->load.empty()) write(s->load, *s, std::move(beam.load), tools::structure::general, out);
    out << "row " << beam.tip + 1 << " of the solution is the tip's deflection; beam theory gives "
        << short_number(beam.timoshenko, 6) << " m downwards\n";
  });
}

void add_gp(CLI::App& parent) {
  struct state : target, tools::gp_options {
    std::string kernel_name = "rbf", points_name = "uniform";
  };
  const auto s = std::make_shared<state>();
  CLI::App* const kind = add_kind(parent, "gp", "Covariance of a Gaussian process", *s);
  kind->add_option("-n,--n", s->n, "Number of points");
  kind->add_option("--kernel", s->kernel_name, "Covariance function")
      ->check(CLI::IsMember({"rbf", "matern32", "matern52"}));
  kind->add_option("--points", s->points_name, "Location of the points")->check(CLI::IsMember({"uniform", "grid"}));
  kind->add_option("--dimension", s->dimension, "Dimension of the space");
  kind->add_option("--length-scale", s->length_scale, "Length scale");
  kind->add_option("--variance", s->variance, "Variance of the process");
  kind->add_option("--noise", s->noise, "Variance of the noise");
  kind->add_option("--seed", s->seed, "Seed");
  kind->callback([s] {
    s->kernel = s->kernel_name == "rbf"        ? tools::gp_kernel::rbf
                : s->kernel_name == "matern32" ? tools::gp_kernel::matern32
                                               : tools::gp_kernel::matern52;
    s->points = s->points_name == "grid" ? tools::gp_points::grid : tools::gp_points::uniform;
    write(*s, tools::generate_gp(*s));
  });
}

void add_sample_covariance(CLI::App& parent) {
  struct state : target, tools::sample_covariance_options {};
  const auto s = std::make_shared<state>();
  CLI::App* const kind = add_kind(parent, "sample-covariance", "Sample covariance of normal variables", *s);
  kind->add_option("-n,--n", s->n, "Number of variables");
  kind->add_option("--samples", s->samples, "Number of samples");
  kind->add_option("--correlation", s->correlation, "Correlation of neighbouring variables");
  kind->add_option("--seed", s->seed, "Seed");
  kind->callback([s] { write(*s, tools::generate_sample_covariance(*s)); });
}

void add_kalman(CLI::App& parent) {
  struct state : target, tools::kalman_options {};
  const auto s = std::make_shared<state>();
  CLI::App* const kind = add_kind(parent, "kalman", "Batch of covariances of tracking filters; n = 2 dimension", *s);
  kind->add_option("--batch", s->batch, "Number of tracks");
  kind->add_option("--dimension", s->dimension, "Dimension of space: 1, 2 or 3");
  kind->add_option("--steps", s->steps, "Number of measurements");
  kind->add_option("--seed", s->seed, "Seed");
  kind->callback([s] { write(*s, tools::generate_kalman(*s)); });
}

void add_mimo(CLI::App& parent) {
  struct state : target, tools::mimo_options {};
  const auto s = std::make_shared<state>();
  CLI::App* const kind = add_kind(parent, "mimo", "Hermitian covariance of an antenna array, H H^H + noise I", *s);
  kind->add_option("-n,--n", s->n, "Antennas");
  kind->add_option("--users", s->users, "Transmitters");
  kind->add_option("--batch", s->batch, "Number of channels");
  kind->add_option("--noise", s->noise, "Variance of the noise");
  kind->add_option("--seed", s->seed, "Seed");
  kind->callback([s] {
    if (!s->dtype.empty() && !complex_wanted(*s)) {
      throw tools::input_error("generate mimo: the channel covariance is complex; " + s->dtype +
                               " is a real type; expected c64 or c128");
    }
    write(*s, tools::generate_mimo(*s));
  });
}

void add_spectrum(CLI::App& parent) {
  struct state : target, tools::spectrum_options {};
  const auto s = std::make_shared<state>();
  CLI::App* const kind = add_kind(parent, "spectrum", "Prescribed condition number, eigenvalues 1 to 1/condition", *s);
  kind->add_option("-n,--n", s->n, "Order");
  kind->add_option("--condition", s->condition, "Condition number");
  kind->add_option("--reflections", s->reflections, "Number of Householder reflections that mix the directions");
  kind->add_option("--seed", s->seed, "Seed");
  kind->callback([s] {
    if (complex_wanted(*s)) {
      write(*s, tools::generate_spectrum<std::complex<double>>(*s));
    } else {
      write(*s, tools::generate_spectrum<double>(*s));
    }
  });
}

void add_indefinite(CLI::App& parent) {
  struct state : target, tools::indefinite_options {};
  const auto s = std::make_shared<state>();
  CLI::App* const kind = add_kind(parent, "indefinite", "Not positive definite from the leading minor of order k", *s);
  kind->add_option("-n,--n", s->n, "Order");
  kind->add_option("-k,--k", s->k, "Order of the first minor that fails, from 1");
  kind->add_option("--seed", s->seed, "Seed");
  kind->callback([s] {
    if (complex_wanted(*s)) {
      write(*s, tools::generate_indefinite<std::complex<double>>(*s));
    } else {
      write(*s, tools::generate_indefinite<double>(*s));
    }
  });
}

void add_nan(CLI::App& parent) {
  struct state : target, tools::planted_options {
    std::string text = "nan";
  };
  const auto s = std::make_shared<state>();
  CLI::App* const kind = add_kind(parent, "nan", "Positive definite except for one NaN or infinity", *s);
  kind->add_option("-n,--n", s->n, "Order");
  kind->add_option("--row", s->row, "Row of the value, from 1");
  kind->add_option("--col", s->col, "Column of the value, from 1");
  kind->add_option("--value", s->text, "The value")->check(CLI::IsMember({"nan", "inf", "-inf"}));
  kind->add_option("--seed", s->seed, "Seed");
  kind->callback([s] {
    constexpr double infinity = std::numeric_limits<double>::infinity();
    if (s->text != "nan") s->value = s->text == "inf" ? infinity : -infinity;
    write(*s, tools::generate_planted(*s));
  });
}

}  // namespace

void add_generate(CLI::App& app) {
  CLI::App* const command = app.add_subcommand("generate", "Write a matrix, or a batch, with known properties");
  command->require_subcommand(1);
  add_elasticity(*command);
  add_gp(*command);
  add_sample_covariance(*command);
  add_kalman(*command);
  add_mimo(*command);
  add_spectrum(*command);
  add_indefinite(*command);
  add_nan(*command);
  command->footer(
      "`posdef generate KIND --help` lists the options of a kind. The same seed gives the same file.\n"
      "The file format is .npy unless the extension or --format says otherwise; a batch is a 3-D .npy.\n"
      "Exit status: 0 success, 2 bad usage.");
}

}  // namespace posdef::cli
