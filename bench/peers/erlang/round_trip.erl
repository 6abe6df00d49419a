%% The round-trip workload with a process per entity; see ../README.md.
-module(round_trip).
-export([main/1]).

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
    io:format("{\"per_second\": ~b}~n", [round(Rounds * Entities * 1000000 / Elapsed)]).

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
    spawn(fun() -> starter(Points, Remaining, Size) end).

one_round(Groups) ->
    [Starter ! start || Starter <- Groups],
    [receive done -> ok end || _ <- Groups].

rounds(Groups, End, N) ->
    one_round(Groups),
    case erlang:monotonic_time(microsecond) < End of
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
            central(Total + Energy)
    end.

entity(Id, Central, Remaining, Main, Sequence, Energy) ->
    receive
        go ->
            Central ! {status, self(), Sequence + 1, Energy + 22},
            entity(Id, Central, Remaining, Main, Sequence + 1, Energy + 22);
        {ack, Sequence} ->
            case atomics:sub_get(Remaining, 1, 1) of
                0 -> Main ! done;
                _ -> ok
            end,
            entity(Id, Central, Remaining, Main, Sequence, Energy)
    end.
