#include "backend/make_backend.hpp"

#include <cassert>

#include "backend/embedded/embedded_backend.hpp"
#include "backend/redis/standalone_backend.hpp"

namespace nearcache::backend {

std::unique_ptr<Backend> make_backend(const Config& config, net::IoThreads& threads,
                                      const Clock& clock) {
    switch (config.url.scheme) {
        case Url::Scheme::embedded:
            return std::make_unique<embedded::EmbeddedBackend>(threads, clock);
        case Url::Scheme::redis:
        case Url::Scheme::unix_socket:
            return std::make_unique<redis::StandaloneBackend>(config, threads, clock);
    }
    assert(false);
    return nullptr;
}

}  // namespace nearcache::backend
