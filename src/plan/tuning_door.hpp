// The door of whoever makes the tuning tables: sizes to try in place of a table's. No part of the public interface.
#pragma once

#include "engine/cpu/blocking.hpp"
#include "engine/hybrid/sizes.hpp"

namespace posdef::internal {

/// A row of plan/tuning.hpp, where the words are explained.
using block_sizes = cpu::blocking;

/// What the table says for T and the instruction set in use.
template <class T>
POSDEF_API block_sizes tabled_block_sizes();

/// Plans and calls from now on use these, rounded to whole strips; null: the table's again. Plans keep what they were
/// made with. Not to be called while other calls run.
template <class T>
POSDEF_API void try_block_sizes(const block_sizes* sizes);

/// The same for the hybrid engine.
template <class T>
void try_hybrid_sizes(const hybrid::sizes* sizes);

}  // namespace posdef::internal
