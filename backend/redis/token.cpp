#include "backend/redis/token.hpp"

#include <random>
#include <string_view>

namespace nearcache::backend::redis {

std::string random_token() {
    constexpr std::string_view digits = "0123456789abcdef";
    thread_local std::mt19937_64 random = [] {
        std::random_device device;
        std::seed_seq seed{device(), device(), device(), device(), device(), device()};
        return std::mt19937_64(seed);
    }();
    std::string token;
    for (int half = 0; half < 2; ++half) {
        auto bits = random();
        for (int digit = 0; digit < 16; ++digit, bits >>= 4) token += digits[bits & 15];
    }
    return token;
}

}  // namespace nearcache::backend::redis
