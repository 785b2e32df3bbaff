#pragma once

#include <boost/asio/ip/address.hpp>

namespace nearcache::http::origin {

// Whether an address is one of the public internet. Whatever leads back into this machine or its
// network is not, nor what could be translated into such an address on its way (IPv4-mapped, NAT64,
// 6to4, Teredo), nor what is reserved: by the registries of RFC 6890, where "globally reachable" is
// false or unsure.
//
// Threads: any.
bool is_public(const boost::asio::ip::address& address) noexcept;

}  // namespace nearcache::http::origin
