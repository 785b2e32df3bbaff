#include "backend/redis/diagnosis.hpp"

#include <memory>

#include <boost/asio/co_spawn.hpp>

#include "backend/redis/examination.hpp"
#include "base/clock.hpp"
#include "net/io_threads.hpp"

namespace nearcache::backend::redis {

Diagnosis diagnose(const Config& config) {
    // What a name server is still asked when the time is over must not find its asker gone.
    const SystemClock clock;
    net::IoContext context(1);
    Examination examination(context, config, clock);
    boost::asio::co_spawn(context.get_executor(), examination.run(),
                          net::report_failure("examination"));
    context.run_for(Examination::longest);
    return examination.conclude();
}

}  // namespace nearcache::backend::redis
