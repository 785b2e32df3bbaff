// Boost.URL's own code, compiled once for the whole program. Since 1.82 it is a library of its own.
#include <boost/version.hpp>
#if BOOST_VERSION < 108200
#include <boost/url/src.hpp>
#endif
