#include "http/origin/address_guard.hpp"

#include <string>

#include <doctest/doctest.h>

namespace nearcache::http::origin {

namespace {

bool is_public_text(const std::string& text) {
    return is_public(boost::asio::ip::make_address(text));
}

}  // namespace

TEST_CASE("addresses of IPv4 that are not of the public internet are closed, first and last") {
    for (const std::string text :
         {"0.0.0.0",         "0.255.255.255",   "10.0.0.0",        "10.255.255.255",
          "100.64.0.0",      "100.127.255.255", "127.0.0.0",       "127.0.0.1",
          "127.255.255.255", "169.254.0.0",     "169.254.169.254", "169.254.255.255",
          "172.16.0.0",      "172.31.255.255",  "192.0.0.0",       "192.0.0.255",
          "192.0.2.0",       "192.0.2.255",     "192.88.99.0",     "192.88.99.255",
          "192.168.0.0",     "192.168.255.255", "198.18.0.0",      "198.19.255.255",
          "198.51.100.0",    "198.51.100.255",  "203.0.113.0",     "203.0.113.255",
          "224.0.0.0",       "239.255.255.255", "240.0.0.0",       "255.255.255.255"}) {
        CAPTURE(text);
        CHECK_FALSE(is_public_text(text));
    }
}

TEST_CASE("their neighbours are open") {
    for (const std::string text :
         {"1.0.0.0",         "9.255.255.255",   "11.0.0.0",       "100.63.255.255",
          "100.128.0.0",     "126.255.255.255", "128.0.0.0",      "169.253.255.255",
          "169.255.0.0",     "172.15.255.255",  "172.32.0.0",     "191.255.255.255",
          "192.0.1.0",       "192.0.3.0",       "192.88.98.255",  "192.88.100.0",
          "192.167.255.255", "192.169.0.0",     "198.17.255.255", "198.20.0.0",
          "198.51.99.255",   "198.51.101.0",    "203.0.112.255",  "203.0.114.0",
          "223.255.255.255", "8.8.8.8"}) {
        CAPTURE(text);
        CHECK(is_public_text(text));
    }
}

TEST_CASE("addresses of IPv6 that are not of the public internet are closed") {
    for (const std::string text : {"::",
                                   "::1",
                                   "::127.0.0.1",
                                   "::8.8.8.8",
                                   "::ffff:127.0.0.1",
                                   "::ffff:8.8.8.8",
                                   "::ffff:0:127.0.0.1",
                                   "64:ff9b::7f00:1",
                                   "64:ff9b::808:808",
                                   "64:ff9b:1::1",
                                   "64:ff9b:1:ffff:ffff::",
                                   "100::",
                                   "100::ffff:ffff:ffff:ffff",
                                   "2001::",
                                   "2001:0:53aa:64c:1:2:3:4",
                                   "2001:10::1",
                                   "2001:20::1",
                                   "2001:1ff:ffff::1",
                                   "2001:db8::",
                                   "2001:db8:ffff::1",
                                   "2002:7f00:1::1",
                                   "2002:808:808::1",
                                   "fc00::1",
                                   "fd00:ec2::254",
                                   "fdff:ffff::1",
                                   "fe80::1",
                                   "febf::1",
                                   "fec0::1",
                                   "feff::1",
                                   "ff00::1",
                                   "ff02::1",
                                   "5f00::1",
                                   "4000::1",
                                   "200::1",
                                   "fe80::1%1",
                                   "2a00:1450::1%1"}) {
        CAPTURE(text);
        CHECK_FALSE(is_public_text(text));
    }
}

TEST_CASE("addresses of IPv6 that hosts of the internet have are open") {
    for (const std::string text :
         {"2606:4700:4700::1111", "2a00:1450:4001:800::200e", "2001:200::1", "2001:4860:4860::8888",
          "2001:db7:ffff::1", "2001:db9::1", "2003::1", "2000::1", "3fff:ffff::1"}) {
        CAPTURE(text);
        CHECK(is_public_text(text));
    }
}

}  // namespace nearcache::http::origin
