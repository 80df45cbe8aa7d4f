"""The zones of a short walk (短查): where one stands, in the order in which one walks. Pure."""

# code → what its page is called. Lists that are filled together share them: a kitchen's fire list and its gas list meet in
# the same kitchen. Places of a kind pass at most MOST of them.
ZONES = {
    "smell": "先闻",
    "gate": "大门和围挡",
    "outside": "门外和门头",
    "lanes": "车道和楼外",
    "hall": "大厅和出口",
    "lobby": "门厅和电梯",
    "stairs": "楼梯和楼道",
    "equipment": "管井和消防设施",
    "kitchen": "厨房和灶",
    "cylinders": "气瓶",
    "work": "操作间和货",
    "rooms": "包厢、浴室和房间",
    "pit": "基坑和沟槽",
    "lifting": "起重和升降",
    "scaffold": "架子和模板",
    "edges": "洞口和临边",
    "power": "用电和电动车",
    "site_power": "临电、动火和密闭空间",
    "upstairs": "楼上、后间和住人",
    "cellar_roof": "地下室和楼顶",
    "dorms": "宿舍和食堂",
    "homes": "住户家里",
    "people": "问一问",
}
MOST = 8
