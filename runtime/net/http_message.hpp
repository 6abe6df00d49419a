// A request and its answer as plain values: whoever answers knows no library and no socket.
#pragma once

#include <algorithm>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace chargemill::runtime {

struct HttpHeader {
  std::string name;
  std::string value;
};

struct HttpRequest {
  std::string method;               ///< `GET`, in capitals
  std::string target;               ///< as it was sent: `/path?query`, or `*` (of OPTIONS)
  std::vector<HttpHeader> headers;  ///< names in small letters
  std::string body;
  bool is_stranger = false;  ///< the gate says so (HttpVerdict)

  /// The first of that name, in small letters; empty: there is none.
  [[nodiscard]] std::string_view header(std::string_view name) const noexcept {
    const auto found = std::find_if(headers.begin(), headers.end(),
                                    [name](const HttpHeader& h) { return h.name == name; });
    return found == headers.end() ? std::string_view{} : std::string_view{found->value};
  }
};

/// A body without an end, of which there is more now and then. Its reader asks for one piece at a
/// time, so nothing piles up for one who is slow.
class HttpStream {
 public:
  using Take = std::function<void(std::string)>;

  HttpStream() = default;
  HttpStream(const HttpStream&) = delete;
  HttpStream& operator=(const HttpStream&) = delete;
  virtual ~HttpStream() = default;

  /// Calls `take` once there is more, on any thread; with an empty text: that was all.
  virtual void next(Take take) = 0;
};

struct HttpResponse {
  unsigned status = 200;
  std::string content_type = "application/json";
  std::string body;
  std::vector<HttpHeader> headers = {};          ///< beyond those that the server writes
  std::shared_ptr<HttpStream> stream = nullptr;  ///< in place of the body
};

/// To be called once at most, from any thread, also when nobody waits any more.
using HttpAnswer = std::function<void(HttpResponse)>;
/// Called on the server's thread; must not block.
using HttpHandler = std::function<void(HttpRequest, HttpAnswer)>;
/// What a gate says of whoever sent the head of a request.
struct HttpVerdict {
  std::optional<HttpResponse> refusal = {};  ///< turns it away; nothing: it may come in
  /// It has not shown who it is. What it may ask for is answered, but it may send no body, and has
  /// no claim to its place.
  bool is_stranger = false;
};
/// Asked when the head of a request is there and before its body is read (that of `head` is empty).
/// Called on the server's thread; must not block.
using HttpGate = std::function<HttpVerdict(const HttpRequest& head)>;
/// The answer to what never became a request, or was not answered; `target` may be empty.
using HttpComplaint =
    std::function<HttpResponse(unsigned status, std::string text, std::string_view target)>;

}  // namespace chargemill::runtime
