#pragma once

#include <type_traits>

namespace highwater::wire {

/// A function of the address of a value whose type is not known, by reference: it must not outlive what it was made
/// from. `Pointer` is void* or const void*.
template <class Pointer>
class ValueVisitor {
  public:
    template <class F>
        requires std::is_invocable_v<const F&, Pointer>
    ValueVisitor(const F& function)  // NOLINT: a reference
        : function_(&function), call_([](const void* f, Pointer value) { (*static_cast<const F*>(f))(value); }) {}

    void operator()(Pointer value) const { call_(function_, value); }

  private:
    const void* function_;
    void (*call_)(const void*, Pointer);
};

}  // namespace highwater::wire
