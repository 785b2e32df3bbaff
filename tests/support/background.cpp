#include "tests/support/background.hpp"

#include <exception>
#include <utility>

namespace nearcache::tests {

Background::Background(std::function<std::string()> step)
    : step_(std::move(step)), thread_([this] {
          try {
              while (!stops_ && surprise_.empty()) {
                  surprise_ = step_();
                  ++rounds_;
              }
          } catch (const std::exception& error) {
              surprise_ = error.what();
          }
      }) {}

std::string Background::stop() {
    stops_ = true;
    if (thread_.joinable()) thread_.join();
    return surprise_;
}

}  // namespace nearcache::tests
