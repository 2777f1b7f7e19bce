// posdef devices: lists the engines and the devices that each finds on this machine.
#include <stdlib.h>

#include <iostream>
#include <memory>
#include <posdef/posdef.hpp>

#include "commands/commands.hpp"
#include "commands/json_text.hpp"
#include "commands/options.hpp"

namespace posdef::cli {
namespace {

void print_json() {
  std::vector<std::string> list;
  for (const device_info& d : devices()) {
    json_object line;
    line.add("device", d.device.name()).add("available", d.available).add("description", d.description);
    list.push_back(line.text());
  }
  std::cout << json_array(list) << '\n';
}

void print_text() {
  for (const device_info& d : devices()) {
    std::string name = d.device.name();
    name.resize(std::max<std::size_t>(name.size(), 12), ' ');
    std::cout << name << (d.available ? "ready    " : "absent   ") << d.description << '\n';
  }
}

}  // namespace

void add_devices(CLI::App& app) {
  CLI::App* const command = app.add_subcommand("devices", "List the engines and their devices on this machine");
  const auto json = std::make_shared<bool>(false);
  command->add_flag("--json", *json, "Print a JSON array");
  command->footer(
      "An absent engine shows the reason. --device or POSDEF_DEVICE selects an available one; the default is cpu.\n"
      "POSDEF_ISA selects the instruction set of the cpu engine.");
  command->callback([json] {
    try {
      chosen_device("");
    } catch (const tools::input_error& e) {  // not fatal: this command helps to correct it
      std::cerr << "posdef: " << e.what() << '\n';
      unsetenv("POSDEF_DEVICE");
    }
    *json ? print_json() : print_text();
  });
}

}  // namespace posdef::cli
