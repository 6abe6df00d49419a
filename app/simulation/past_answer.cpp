#include "app/simulation/past_answer.hpp"

#include "app/nodes/past_words.hpp"

namespace chargemill::app {

void answer_of(HistoryDesk& history, std::string_view question,
               const std::function<void(const std::string&)>& answer) {
  const auto asked = past_question_from(question);
  const bool is_asked =
      asked && history.has_past() &&
      history.ask([answer, question = *asked](const Result<archive::Past*>& past) {
        answer(past ? answer_of(**past, question) : answer_of(past.error()));
      });
  if (!is_asked)
    answer(answer_of(Error{ErrorKind::environment, "a node keeps nothing, or too many ask it"}));
}

}  // namespace chargemill::app
