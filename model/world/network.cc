#include "model/world/network.h"

#include <algorithm>

namespace highwater::model {
namespace {

bool before(const Stray& a, const Stray& b) {
    if (a.producer != b.producer) return a.producer < b.producer;
    return std::ranges::lexicographical_compare(a.requests, b.requests);
}

}  // namespace

void Network::add_stray(const Stray& stray) {
    strays.push_back(stray);
    std::sort(strays.begin(), strays.end(), before);
}

std::uint8_t Network::take_from_stray(std::size_t at) {
    const std::uint8_t batch = strays[at].requests.front();
    strays[at].requests.erase(0);
    if (strays[at].requests.empty()) {
        strays.erase(at);
    } else {
        std::sort(strays.begin(), strays.end(), before);
    }
    return batch;
}

void Network::broker_stopped() {
    strays.clear();
    for (Connection& connection : connections) {
        connection.requests.clear();
        std::size_t left = 0;
        while (left < connection.exchanges.size() && connection.exchanges[left].answered) ++left;
        connection.exchanges.truncate(left);
        connection.broken = true;
    }
}

}  // namespace highwater::model
