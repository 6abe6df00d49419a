#include "actors/archive/session_told.hpp"

namespace chargemill::archive {

void SessionTold::add(const SessionTold& other) {
  if (other.reading && (!reading || reading->told < other.reading->told)) reading = other.reading;
  if (other.end && (!end || ended < other.ended)) {
    end = other.end;
    ended = other.ended;
  }
  if (!delivered) delivered = other.delivered;
  if (!correction_delivered) correction_delivered = other.correction_delivered;
}

}  // namespace chargemill::archive
