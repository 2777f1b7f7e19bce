#!/usr/bin/env bash
# Builds and runs the consumer's programs with only pkg-config and a compiler.
#   pkg_config.sh PREFIX/LIBDIR WORK CC CXX
set -euo pipefail
libdir=$1 work=$2 cc=$3 cxx=$4
source=$(dirname "$0")/consumer
export PKG_CONFIG_PATH=$libdir/pkgconfig
mkdir -p "$work"

pkg-config --exists --print-errors 'posdef >= 0.1'
read -ra cflags <<<"$(pkg-config --cflags posdef)"
read -ra libs <<<"$(pkg-config --libs posdef)"
echo "flags: ${cflags[*]} ${libs[*]}"
"$cxx" -std=c++20 "$source/main.cpp" -o "$work/consumer" "${cflags[@]}" "${libs[@]}"
"$cc" -std=c99 -Wall -Wextra -Werror -pedantic "$source/c_main.c" -o "$work/c_consumer" \
  "${cflags[@]}" "${libs[@]}" -lm
LD_LIBRARY_PATH=$libdir "$work/consumer"
LD_LIBRARY_PATH=$libdir "$work/c_consumer"
