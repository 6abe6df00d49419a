#include "app/nodes/arrivals.hpp"

#include "app/nodes/byte_streams.hpp"
#include "runtime/agreement/names.hpp"

namespace chargemill::app {
namespace {

template <class Stream, class What>
void walk_roles(Stream& stream, What& roles) {
  stream.flag(roles.central);
  stream.flag(roles.shards);
  stream.flag(roles.drivers);
}

std::string to_bytes(const std::vector<Roles>& roles) {
  ByteOutput out;
  for (const Roles& one : roles) walk_roles(out, one);
  return out.take();
}
/// None: one that is there for something is nobody.
std::optional<std::vector<Roles>> roles_of_all_from(std::string_view bytes) {
  constexpr std::size_t kBytesOfOne = 3;
  std::vector<Roles> roles(bytes.size() / kBytesOfOne);
  ByteInput in{bytes};
  for (Roles& one : roles) walk_roles(in, one);
  if (!in.is_exhausted() || missing_role(roles)) return std::nullopt;
  return roles;
}

// What travels, in its order, for both ways. Where all is comes last, as a text of its own.
template <class Stream, class What>
void walk_arrival(Stream& stream, What& arrival) {
  stream.value(arrival.token);
  stream.value(arrival.node);
  stream.text(arrival.who.name);
  stream.value(arrival.who.incarnation);
  stream.text(arrival.where.data);
  stream.text(arrival.where.control);
  stream.text(arrival.where.key);
  walk_roles(stream, arrival.roles);
}

}  // namespace

std::string to_bytes(const Arrival& arrival) {
  ByteOutput out;
  walk_arrival(out, arrival);
  return out.take();
}

std::string to_bytes(const Invitation& invitation) {
  ByteOutput out;
  out.value(invitation.token);
  out.text(bytes_of(invitation.beginning));
  out.text(to_bytes(invitation.roles));
  out.text(to_bytes(invitation.where));
  return out.take();
}

std::string to_bytes(const Entry& entry) {
  ByteOutput out;
  out.value(entry.now);
  out.text(to_bytes(entry.where));
  return out.take();
}

std::optional<Arrival> arrival_from(std::string_view bytes, unsigned nodes) {
  Arrival arrival;
  ByteInput in{bytes};
  walk_arrival(in, arrival);
  const bool is_sound = in.is_exhausted() && arrival.token >= 0 && arrival.node < nodes &&
                        runtime::agreement::is_node_name(arrival.who.name) &&
                        !is_absent(arrival.where);
  if (!is_sound) return std::nullopt;
  return arrival;
}

std::optional<Invitation> invitation_from(std::string_view bytes, unsigned nodes,
                                          std::size_t shards) {
  Invitation invitation;
  std::string beginning;
  std::string roles;
  std::string where;
  ByteInput in{bytes};
  in.value(invitation.token);
  in.text(beginning);
  in.text(roles);
  in.text(where);
  auto order = in.is_exhausted() ? take_over_from(where, nodes, shards) : std::nullopt;
  auto all = roles_of_all_from(roles);
  const auto how = plain_from<Beginning>(beginning);
  if (!order || !all || !how || invitation.token < 0) return std::nullopt;
  invitation.beginning = *how;
  invitation.roles = std::move(*all);
  invitation.where = std::move(*order);
  return invitation;
}

std::optional<Entry> entry_from(std::string_view bytes, unsigned nodes, std::size_t shards) {
  Entry entry;
  std::string where;
  ByteInput in{bytes};
  in.value(entry.now);
  in.text(where);
  auto order = in.is_exhausted() ? take_over_from(where, nodes, shards) : std::nullopt;
  if (!order) return std::nullopt;
  entry.where = std::move(*order);
  return entry;
}

}  // namespace chargemill::app
