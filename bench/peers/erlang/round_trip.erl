%% The round-trip workload with a process per entity; see ../README.md.
-module(round_trip).
-export([main/1]).
-define(ENERGY_MJ, 22). % of an entity and round
-define(MIN_ROUNDS, 3).

main([Entities, Centrals, Seconds]) ->
    run(list_to_integer(Entities), list_to_integer(Centrals), list_to_integer(Seconds)),
    halt(0).

run(Entities, Centrals, Seconds) ->
    Self = self(),
    Groups = [start_group(Self, C, Entities, Centrals) || C <- lists:seq(0, Centrals - 1)],
    one_round(Groups), % warm: heaps, scheduler queues, pages
    Begin = erlang:monotonic_time(microsecond),
    Rounds = rounds(Groups, Begin + Seconds * 1000000, 0),
    Elapsed = erlang:monotonic_time(microsecond) - Begin,
    All = Rounds + 1, % with the one that warmed up
    Total = lists:sum([total(Central) || {Central, _} <- Groups]),
    Checksum = case Total =:= ?ENERGY_MJ * Entities * (All * (All + 1) div 2) of
        true -> "ok";
        false -> "failed"
    end,
    io:format("{\"per_second\": ~b, \"rounds\": ~b, \"energy_mj\": ~b, \"checksum\": \"~s\"}~n",
              [round(Rounds * Entities * 1000000 / Elapsed), All, Total, Checksum]).

%% A central, its entities, a counter that tells Main when all have their acknowledgement, and a starter.
start_group(Main, C, Entities, Centrals) ->
    First = C * Entities div Centrals,
    Last = (C + 1) * Entities div Centrals - 1,
    Size = Last - First + 1,
    Remaining = atomics:new(1, []),
    %% Off the heap, a long inbox is not copied by each garbage collection; an entity's holds one message.
    Central = spawn_opt(fun() -> central(0) end, [{message_queue_data, off_heap}]),
    Points = [spawn(fun() -> entity(Id, Central, Remaining, Main, 0, 0) end)
              || Id <- lists:seq(First, Last)],
    {Central, spawn(fun() -> starter(Points, Remaining, Size) end)}.

one_round(Groups) ->
    [Starter ! start || {_, Starter} <- Groups],
    [receive done -> ok end || _ <- Groups].

rounds(Groups, End, N) ->
    one_round(Groups),
    case erlang:monotonic_time(microsecond) < End orelse N + 1 < ?MIN_ROUNDS of
        true -> rounds(Groups, End, N + 1);
        false -> N + 1
    end.

starter(Points, Remaining, Size) ->
    receive
        start ->
            atomics:put(Remaining, 1, Size),
            lists:foreach(fun(Point) -> Point ! go end, Points),
            starter(Points, Remaining, Size)
    end.

central(Total) ->
    receive
        {status, From, Sequence, Energy} ->
            From ! {ack, Sequence},
            central(Total + Energy);
        {total, Main} ->
            Main ! {total, Total},
            central(Total)
    end.

%% Between two rounds.
total(Central) ->
    Central ! {total, self()},
    receive {total, Total} -> Total end.

entity(Id, Central, Remaining, Main, Sequence, Energy) ->
    receive
        go ->
            Central ! {status, self(), Sequence + 1, Energy + ?ENERGY_MJ},
            entity(Id, Central, Remaining, Main, Sequence + 1, Energy + ?ENERGY_MJ);
        {ack, Sequence} ->
            case atomics:sub_get(Remaining, 1, 1) of
                0 -> Main ! done;
                _ -> ok
            end,
            entity(Id, Central, Remaining, Main, Sequence, Energy);
        {ack, Other} ->
            io:format(standard_error, "an acknowledgement out of order: ~b~n", [Other]),
            halt(1)
    end.
