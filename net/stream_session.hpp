#pragma once

#include <algorithm>
#include <chrono>
#include <utility>
#include <vector>

#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>

#include "net/connections.hpp"
#include "net/input.hpp"
#include "net/limiter.hpp"
#include "net/output.hpp"
#include "net/stream.hpp"

namespace nearcache::net {

// What every door's connection has in common: reads what comes, lets the door serve it, sends what
// the door has written, notices the end of either side, and parts so that the last answer arrives.
//
// All that has arrived is served in one round, and what is ready leaves in one write. The next read
// starts when that write is done: by then the client's next requests are usually there, and the
// read needs no second try.
//
// Threads: its lane's.
template <class Pin>
class StreamSession : public Connection {
  public:
    struct Place {
        Connections& connections;  // owns the session
        const Clock& clock;
        std::chrono::milliseconds write_timeout;
    };

    StreamSession(const Place& place, Socket socket, Limiter::Permit permit)
        : place_(place),
          socket_(std::move(socket)),
          permit_(std::move(permit)),
          now_(place.clock.now()) {}

    void start() final { go_on(); }
    void drain() final;
    void cut() final { close(); }

  protected:
    // What a door provides.

    // Serves what is in input() as far as it may, into output(), and says need_more() when no whole
    // request is left there.
    virtual void serve() = 0;
    virtual Output<Pin>& output() noexcept = 0;
    // Answers are still to come from elsewhere; resume() is called when they have.
    virtual bool is_waiting() const noexcept = 0;
    // Whether it reads on meanwhile.
    virtual bool reads_while_waiting() const noexcept = 0;
    // Whether it reads a little further even while requests that are here must wait, so that the
    // client's end is seen. serve() is called then, too.
    virtual bool reads_ahead() const noexcept { return false; }
    // The client sends no more, is out of reach, or is not served any more: called once, before
    // what follows from it. What waits for its sake alone may go; if something changes by that,
    // resume() is to be called later, and is_waiting() is true until then.
    virtual void on_client_end() {}
    // The connection is closed: what is written now goes nowhere. As above.
    virtual void on_closed() {}
    // The server is going down: what would never end by itself ends now. As above.
    virtual void on_drain() {}
    // No more requests are taken; the connection ends once all is said.
    virtual bool is_leaving() const noexcept = 0;
    // All that was written is gone.
    virtual void on_written() {}
    // When nothing is being written.
    virtual TimePoint open_deadline() const noexcept = 0;

    // What a door uses.

    Input& input() noexcept { return input_; }
    const Input& input() const noexcept { return input_; }
    const Socket& socket() const noexcept { return socket_; }
    Socket::executor_type executor() noexcept { return socket_.get_executor(); }
    // The time of this round: read once for all requests that arrived together.
    TimePoint now() const noexcept { return now_; }
    void refresh_now() noexcept { now_ = place_.clock.now(); }
    void need_more() noexcept { needs_more_ = true; }
    bool is_open() const noexcept { return !is_closed_; }
    bool is_draining() const noexcept { return is_draining_; }
    // Neither a write nor the end is under way.
    bool is_listening() const noexcept { return !is_writing_ && !is_parting_; }
    // Goes on after answers have come, or room.
    void resume();
    // Decides what to wait for next: a write, a read, an answer, or the end. The session may be
    // gone afterwards.
    void go_on();

  private:
    using ErrorCode = boost::system::error_code;
    // How long a client that was told goodbye may pause while it goes on sending, and for how long
    // it may do so. When the server goes down the pause is all it gets.
    static constexpr std::chrono::seconds parting_pause{1};
    static constexpr std::chrono::seconds parting_time{30};

    // Requests are here that were not served yet.
    bool has_requests() const noexcept { return !input_.empty() && !needs_more_; }
    bool may_read() const noexcept;
    bool may_read_ahead() const noexcept {
        return reads_ahead() && input_.unused().size() < Input::kept_bytes;
    }
    void tell_client_end();
    bool is_finished() noexcept;
    // Its input is full while it waits for what may never come.
    bool is_deaf() const noexcept {
        return !is_closed_ && !is_reading_ && !is_parting_ && is_waiting() && reads_ahead();
    }
    void watch();
    void read();
    void on_read(ErrorCode error, std::size_t size);
    void write();
    void on_write(ErrorCode error, std::size_t size);
    void part();
    void close();
    void update_deadline();

    const Place place_;
    Socket socket_;
    const Limiter::Permit permit_;
    Input input_;
    Output<Pin> writing_;      // being sent
    std::size_t written_ = 0;  // bytes of writing_ that are gone
    std::vector<boost::asio::const_buffer> buffers_;
    TimePoint now_;
    TimePoint write_since_{};  // when writing_ last made progress
    TimePoint parting_since_{};

    bool is_reading_ = false;
    bool is_writing_ = false;
    bool is_watching_ = false;  // for the client to be reset
    bool needs_more_ = true;    // input_ holds no whole request
    bool is_draining_ = false;
    bool has_last_words_ = false;  // an answer left, or was leaving, after the drain began
    bool has_ended_ = false;       // the client sends no more, or is not listened to any more
    bool is_end_told_ = false;     // on_client_end() was called
    bool is_parting_ = false;      // all is said; what the client still sends is thrown away
    bool is_closed_ = false;
};

// A client that is reset shows as an error of its socket; one that is gone without a word does so
// once the probes of the kernel have found out.
template <class Pin>
void StreamSession<Pin>::watch() {
    is_watching_ = true;
    socket_.async_wait(Socket::wait_error, [this](ErrorCode error) {
        is_watching_ = false;
        if (!error) close();
        go_on();
    });
}

template <class Pin>
void StreamSession<Pin>::read() {
    is_reading_ = true;
    socket_.async_read_some(input_.prepare(),
                            [this](ErrorCode error, std::size_t size) { on_read(error, size); });
}

template <class Pin>
void StreamSession<Pin>::on_read(ErrorCode error, std::size_t size) {
    is_reading_ = false;
    if (error) {
        has_ended_ = true;
        // What a drain has cancelled says nothing of the client.
        if (error != boost::asio::error::operation_aborted) tell_client_end();
        // A client that closed only its sending side still gets its answers.
        if (error != boost::asio::error::eof && !is_draining_) close();
        if (is_parting_) close();
        return go_on();
    }
    const bool is_full = size == input_.room();
    input_.commit(size);
    if (is_parting_) {
        input_.consume(input_.unused().size());
        if (!is_draining_) refresh_now();
        return go_on();
    }
    refresh_now();
    needs_more_ = false;
    serve();
    if (is_full) input_.grow_after_full_read();
    go_on();
}

template <class Pin>
void StreamSession<Pin>::resume() {
    refresh_now();
    if (has_requests()) serve();
    go_on();
}

template <class Pin>
void StreamSession<Pin>::go_on() {
    if (!is_closed_ && !is_writing_ && !output().empty()) write();
    if (!is_closed_ && is_finished()) part();
    if (may_read()) read();
    if (is_deaf() && !is_watching_) watch();
    update_deadline();
    if (is_closed_ && !is_reading_ && !is_writing_ && !is_watching_ && !is_waiting()) {
        place_.connections.remove(*this);
    }
}

// Not while a write is under way, nor, unless the door reads ahead, while requests that are here
// must wait.
template <class Pin>
bool StreamSession<Pin>::may_read() const noexcept {
    if (is_closed_ || is_reading_ || is_writing_) return false;
    if (is_parting_) return true;
    if (has_ended_ || is_leaving() || (has_requests() && !may_read_ahead())) return false;
    return reads_while_waiting() || !is_waiting();
}

// All is said on both sides.
template <class Pin>
bool StreamSession<Pin>::is_finished() noexcept {
    const bool takes_more = !is_leaving() && (!has_ended_ || has_requests());
    return !takes_more && !is_writing_ && !is_parting_ && !is_waiting() && output().empty();
}

template <class Pin>
void StreamSession<Pin>::write() {
    is_writing_ = true;
    if (writing_.empty()) {
        writing_.swap(output());
        written_ = 0;
    }
    write_since_ = now_;
    has_last_words_ = is_draining_;
    writing_.buffers_from(written_, buffers_);
    const auto done = [this](ErrorCode error, std::size_t size) { on_write(error, size); };
    // For one buffer Asio takes send(), which costs the kernel less than sendmsg().
    if (buffers_.size() == 1) {
        socket_.async_write_some(buffers_.front(), done);
    } else {
        socket_.async_write_some(buffers_, done);
    }
}

template <class Pin>
void StreamSession<Pin>::on_write(ErrorCode error, std::size_t size) {
    is_writing_ = false;
    if (error) {
        close();
        return go_on();
    }
    refresh_now();
    written_ += size;
    if (written_ < writing_.size()) {
        write();
        return update_deadline();
    }
    writing_.clear();
    on_written();
    // What was held back for lack of room may go now.
    if (has_requests()) serve();
    go_on();
}

// Closing with unread bytes makes the kernel send a reset, which may overtake the last answer: so a
// client that still sends is listened to for a moment.
template <class Pin>
void StreamSession<Pin>::part() {
    if (has_ended_ && !has_last_words_) return close();
    refresh_now();
    is_parting_ = true;
    parting_since_ = now_;
    input_.consume(input_.unused().size());
    ErrorCode ignored;
    socket_.shutdown(Socket::shutdown_send, ignored);
}

// Requests that arrived already are answered; the client finds the end after its last answer.
template <class Pin>
void StreamSession<Pin>::drain() {
    is_draining_ = true;
    has_ended_ = true;
    has_last_words_ = is_writing_;
    on_drain();
    // Cancelling would end a write as well; and what is here already will end the read by itself.
    ErrorCode ignored;
    const bool is_idle = is_reading_ && is_listening();
    if (is_idle && socket_.available(ignored) == 0) socket_.cancel(ignored);
}

template <class Pin>
void StreamSession<Pin>::close() {
    if (is_closed_) return;
    is_closed_ = true;
    has_ended_ = true;
    ErrorCode ignored;
    socket_.shutdown(Socket::shutdown_both, ignored);
    socket_.close(ignored);
    tell_client_end();
    on_closed();
}

template <class Pin>
void StreamSession<Pin>::tell_client_end() {
    if (std::exchange(is_end_told_, true)) return;
    on_client_end();
}

template <class Pin>
void StreamSession<Pin>::update_deadline() {
    if (is_parting_) {
        return set_deadline(std::min(now_ + parting_pause, parting_since_ + parting_time));
    }
    if (is_writing_) return set_deadline(write_since_ + place_.write_timeout);
    set_deadline(open_deadline());
}

}  // namespace nearcache::net
