filedesc://crawl.arc 192.0.2.7 20220913060000 text/plain 73
1 0 Varn Courier
URL IP-address Archive-date Content-type Archive-length

https://courier.example/varn/bridge 192.0.2.7 20220913060000 text/html 1986
HTTP/1.1 200 OK
Content-Type: text/html; charset=utf-8

<!DOCTYPE html>
<html lang="en-GB">
<head>
<meta charset="utf-8">
<title>Old bridge at Varn closed until spring | Varn Courier</title>
<meta property="og:title" content="Old bridge at Varn closed until spring">
<meta property="og:site_name" content="Varn Courier">
<meta property="article:published_time" content="2022-09-12T10:15:00+02:00">
<meta name="author" content="Ada Holm">
<link rel="canonical" href="https://courier.example/varn/bridge">
<script>document.write("<p>Written by a script: never run.</p>");</script>
</head>
<body>
<header><nav><ul><li><a href="/">Home</a></li><li><a href="/sport">Sport</a></li><li><a href="/weather">Weather</a></li></ul></nav></header>
<main><article>
<p>The old bridge at Varn will stay closed until spring after engineers found cracks in two of its five piers, the town council said on Monday.</p>
<p>“We can’t risk a single lorry on it,” mayor Ivo Brandt told reporters in front of the town hall. “Nobody likes the detour, and nobody likes a bridge in the river either.”</p>
<p>The crossing, built in 1931, carries about 9,000 vehicles a day between the harbour and the upper town. Drivers will be sent over the Lindholm viaduct, eleven kilometres downstream, and the ferry will run through the night from Thursday.</p>
<p>Repairs are put at four million crowns, of which the province of Ostermark pays half. The council wants to decide on the rest at its meeting in October, said its treasurer, Maren Quist.</p>
<p>Shopkeepers on Harbour Street fear for their winter trade. “Half of my customers come from across the water,” said Jonas Feld, who sells fishing gear there and has started a petition for a footbridge.</p>
<script>alert("never run")</script>
</article></main>
<section class="comments"><h3>Comments</h3><p>harbour_rat: they should have closed it years ago!!</p></section>
<footer><a href="/imprint">Imprint</a> © Varn Courier</footer>
</body>
</html>

https://courier.example/varn/bridge.jpg 192.0.2.7 20220913060000 image/jpeg 48
HTTP/1.1 200 OK
Content-Type: image/jpeg

���
https://courier.example/varn/gone 192.0.2.7 20220913060000 text/html 1978
HTTP/1.1 404 Not Found
Content-Type: text/html

<!DOCTYPE html>
<html lang="en-GB">
<head>
<meta charset="utf-8">
<title>Old bridge at Varn closed until spring | Varn Courier</title>
<meta property="og:title" content="Old bridge at Varn closed until spring">
<meta property="og:site_name" content="Varn Courier">
<meta property="article:published_time" content="2022-09-12T10:15:00+02:00">
<meta name="author" content="Ada Holm">
<link rel="canonical" href="https://courier.example/varn/bridge">
<script>document.write("<p>Written by a script: never run.</p>");</script>
</head>
<body>
<header><nav><ul><li><a href="/">Home</a></li><li><a href="/sport">Sport</a></li><li><a href="/weather">Weather</a></li></ul></nav></header>
<main><article>
<p>The old bridge at Varn will stay closed until spring after engineers found cracks in two of its five piers, the town council said on Monday.</p>
<p>“We can’t risk a single lorry on it,” mayor Ivo Brandt told reporters in front of the town hall. “Nobody likes the detour, and nobody likes a bridge in the river either.”</p>
<p>The crossing, built in 1931, carries about 9,000 vehicles a day between the harbour and the upper town. Drivers will be sent over the Lindholm viaduct, eleven kilometres downstream, and the ferry will run through the night from Thursday.</p>
<p>Repairs are put at four million crowns, of which the province of Ostermark pays half. The council wants to decide on the rest at its meeting in October, said its treasurer, Maren Quist.</p>
<p>Shopkeepers on Harbour Street fear for their winter trade. “Half of my customers come from across the water,” said Jonas Feld, who sells fishing gear there and has started a petition for a footbridge.</p>
<script>alert("never run")</script>
</article></main>
<section class="comments"><h3>Comments</h3><p>harbour_rat: they should have closed it years ago!!</p></section>
<footer><a href="/imprint">Imprint</a> © Varn Courier</footer>
</body>
</html>
